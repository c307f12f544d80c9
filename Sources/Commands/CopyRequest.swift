import Console
import Jobs
import Manifests
import S3

/// What `s3haul copy` is asked to do.
struct CopyRequest {
    /// What is copied.
    enum Source: Equatable {
        case object(ObjectReference)
        case prefix(ObjectPrefix)
        case manifest(Place, format: ManifestFormat?, bucket: String?)
    }

    /// How much is asked about each object that a listing has shown.
    enum Fidelity: String, CaseIterable {
        /// Nothing: a small object is copied by one request, without what a listing does not show.
        case listed
        /// What it has besides, as for any other object.
        case full
    }

    var source: Source
    var naming: DestinationNaming
    var settings: RunSettings
    var output: OutputForm
    /// How much is asked about each object under a prefix; `nil` asks where they may be locked.
    var fidelity: Fidelity?
    var isDryRun: Bool
    var isQuiet: Bool
    var records: Place?
    /// A directory of this machine for checkpoints, where they are not in S3.
    var stateDirectory: String?
    /// How many objects are under way at a time; `nil` where nothing is said.
    var concurrency: Int?

    /// How many objects are under way at a time unless something is said.
    ///
    /// The engine's own limit is the connections that the transport opens to one host, which are 128.
    static let standardConcurrency = 64

    init(_ arguments: Arguments, environment: [String: String]) throws(UsageError) {
        (source, naming) = try Self.places(arguments)
        output = try arguments.choice("output", OutputForm.self) ?? .text
        fidelity = try arguments.choice("fidelity", Fidelity.self)
        isDryRun = arguments.isSet("dry-run")
        isQuiet = arguments.isSet("quiet")
        records = try arguments.value("records").map { text throws(UsageError) in try Place(text, of: "--records") }
        concurrency = try arguments.number("concurrency", in: 1...1_024)
        if let state = arguments.value("state"), !state.hasPrefix("s3://") { stateDirectory = state }
        settings = try Self.settings(arguments, environment: environment, statesInS3: stateDirectory == nil)
    }

    private static func places(_ arguments: Arguments) throws(UsageError) -> (Source, DestinationNaming) {
        let operands = arguments.operands
        let manifest = arguments.value("manifest")
        let destination = try prefix(operands[operands.count - 1])
        guard manifest == nil else {
            guard !arguments.isSet("recursive") else {
                throw UsageError("--manifest and --recursive exclude each other: a manifest names every object")
            }
            let bucket = operands.count == 2 ? try prefix(operands[0]) : nil
            if let bucket, !bucket.prefix.isEmpty {
                throw UsageError("with --manifest the source is a bucket alone: s3://\(bucket.bucket)")
            }
            let format = try arguments.choice("manifest-format", ManifestFormat.self)
            let place = try Place(manifest ?? "", of: "--manifest")
            return (
                .manifest(place, format: format, bucket: bucket?.bucket), DestinationNaming(below: destination)
            )
        }
        guard operands.count == 2 else {
            throw UsageError("the destination is missing. Use: s3haul copy s3://bucket/key s3://bucket/key")
        }
        guard arguments.isSet("recursive") else { return try object(operands[0], to: operands[1]) }
        let source = try prefix(operands[0])
        let naming = DestinationNaming(under: source, to: destination)
        guard !naming.feedsItself(source) else {
            throw UsageError("\(operands[1]) lies in \(operands[0]): the copies would be copied again")
        }
        return (.prefix(source), naming)
    }

    private static func object(
        _ operand: String, to target: String
    ) throws(UsageError) -> (Source, DestinationNaming) {
        let source: ObjectReference
        do {
            source = try ObjectReference(uri: operand)
        } catch {
            throw UsageError("\(error); for all objects of a bucket or prefix add --recursive")
        }
        var destination = try prefix(target)
        if !destination.prefix.isEmpty, !destination.prefix.hasSuffix("/") {
            // An object's address, as the worker gets it: a key that looks versioned has an empty version behind it.
            let object: ObjectReference
            do { object = try ObjectReference(uri: target) } catch { throw UsageError("\(error)") }
            guard object.versionId == nil else { throw UsageError("\(target): S3 makes the version of a destination") }
            destination.prefix = object.key
        }
        return (.object(source), DestinationNaming(of: source, to: destination))
    }

    private static func prefix(_ operand: String) throws(UsageError) -> ObjectPrefix {
        do { return try ObjectPrefix(uri: operand) } catch { throw UsageError("\(error)") }
    }

    private static func settings(
        _ arguments: Arguments, environment: [String: String], statesInS3: Bool
    ) throws(UsageError) -> RunSettings {
        let names = Setting.all.filter { $0.scope != .driver && (statesInS3 || $0.name != "state") }
        let flags = names.compactMap { setting in
            arguments.flags[setting.name].map { (flag: setting.flag, value: setting.isToggle ? "true" : $0) }
        }
        var environment = environment
        if !statesInS3 { environment["S3HAUL_STATE"] = nil }
        do {
            return try RunSettings(environment: environment, flags: flags)
        } catch {
            throw UsageError("\(error)")
        }
    }
}
