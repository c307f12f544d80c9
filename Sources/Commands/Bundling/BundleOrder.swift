import Bundling
import Console
import Jobs
import Manifests
import S3

/// What `s3haul bundle` is asked to do.
struct BundleOrder {
    /// Which manifests.
    enum Source: Equatable {
        case manifest(Place)
        case list(Place)
    }

    var source: Source
    var format: ManifestFormat?
    var bucket: String?
    var destination: ObjectPrefix
    var name: String?
    var settings: RunSettings
    var concurrency: Int
    var records: Place?
    var output: OutputForm
    var isDryRun: Bool
    var isQuiet: Bool

    init(_ arguments: Arguments, environment: [String: String]) throws(UsageError) {
        switch (arguments.value("manifest"), arguments.value("manifest-list")) {
        case (let manifest?, nil): source = .manifest(try Place(manifest, of: "--manifest"))
        case (nil, let list?): source = .list(try Place(list, of: "--manifest-list"))
        case (nil, nil): throw UsageError("say which objects: --manifest FILE, or --manifest - for standard input")
        default: throw UsageError("--manifest and --manifest-list exclude each other")
        }
        format = try arguments.choice("manifest-format", ManifestFormat.self)
        bucket = arguments.value("bucket")
        guard let to = arguments.value("to") else {
            throw UsageError("say where the archive goes: --to s3://BUCKET/PREFIX")
        }
        do { destination = try ObjectPrefix(uri: to) } catch { throw UsageError("--to: \(error)") }
        name = arguments.value("name")
        concurrency = try arguments.number("concurrency", in: 1...1_024) ?? Bundler.standardConcurrency
        records = try arguments.value("records").map { text throws(UsageError) in try Place(text, of: "--records") }
        output = try arguments.choice("output", OutputForm.self) ?? .text
        isDryRun = arguments.isSet("dry-run")
        isQuiet = arguments.isSet("quiet")
        settings = try Self.settings(arguments, environment: environment)
    }

    private static func settings(
        _ arguments: Arguments, environment: [String: String]
    ) throws(UsageError) -> RunSettings {
        let flags = Setting.ofBundle.compactMap { setting in
            arguments.flags[setting.name].map { (flag: setting.flag, value: setting.isToggle ? "true" : $0) }
        }
        do { return try RunSettings(environment: environment, flags: flags) } catch { throw UsageError("\(error)") }
    }
}
