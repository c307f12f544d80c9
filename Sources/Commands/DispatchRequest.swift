import Console
import Dispatching
import Manifests
import S3

/// What `s3haul dispatch` is asked to do.
struct DispatchRequest {
    /// Where the completion report goes.
    enum Report: Equatable {
        case directory(String)
        case s3(ObjectPrefix)
    }

    var manifest: Place
    var format: ManifestFormat?
    var bucket: String?
    var endpoints: [String]
    var function: String
    var schema: DispatchJob.Schema
    var userArguments: [String: String]
    var redrives: Int
    var concurrency: Int
    var report: Report?
    var scope: CompletionReport.Scope
    var run: String?
    var journal: String
    var output: OutputForm
    var isQuiet: Bool
    var isDryRun: Bool

    init(_ arguments: Arguments, environment: [String: String]) throws(UsageError) {
        guard let manifest = arguments.value("manifest") else {
            throw UsageError("say which objects: --manifest FILE, or --manifest - for standard input")
        }
        self.manifest = try Place(manifest, of: "--manifest")
        format = try arguments.choice("manifest-format", ManifestFormat.self)
        bucket = arguments.value("bucket")
        endpoints = arguments.values("lambda-endpoint")
        if let wrong = endpoints.first(where: { !$0.hasPrefix("http://") && !$0.hasPrefix("https://") }) {
            throw UsageError("--lambda-endpoint: '\(wrong)' is no URL, as http://127.0.0.1:9001 is one")
        }
        guard !endpoints.isEmpty else {
            throw UsageError("say where the function is: --lambda-endpoint URL")
        }
        function = arguments.value("function") ?? "function"
        userArguments = try Self.userArguments(arguments.values("user-argument"))
        schema = try arguments.choice("schema", DispatchJob.Schema.self) ?? (userArguments.isEmpty ? .v1 : .v2)
        guard schema == .v2 || userArguments.isEmpty else {
            throw UsageError("--user-argument needs --schema 2.0: schema 1.0 has no place for it")
        }
        redrives = try arguments.number("redrives", in: 0...1_000) ?? 5
        concurrency = try arguments.number("concurrency", in: 1...10_000) ?? endpoints.count
        report = try arguments.value("report").map { text throws(UsageError) in try Self.report(text) }
        scope = try arguments.choice("report-scope", CompletionReport.Scope.self) ?? .all
        run = arguments.value("run")
        journal = arguments.value("journal") ?? Self.stateDirectory(environment)
        output = try arguments.choice("output", OutputForm.self) ?? .text
        isQuiet = arguments.isSet("quiet")
        isDryRun = arguments.isSet("dry-run")
    }

    /// 1 to 10 arguments, keys of 1 to 64 characters, values of up to 1,024 (S3 API Reference, LambdaInvokeOperation).
    private static func userArguments(_ texts: [String]) throws(UsageError) -> [String: String] {
        var arguments: [String: String] = [:]
        for text in texts {
            let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, (1...64).contains(sides[0].count), sides[1].count <= 1_024 else {
                throw UsageError("--user-argument: '\(text)' is not KEY=VALUE with 64 and 1,024 characters at most")
            }
            guard arguments.updateValue(sides[1], forKey: sides[0]) == nil else {
                throw UsageError("--user-argument: \(sides[0]) is given twice")
            }
        }
        guard arguments.count <= 10 else { throw UsageError("--user-argument: S3 takes 10 of them at most") }
        return arguments
    }

    private static func report(_ text: String) throws(UsageError) -> Report {
        guard text.hasPrefix("s3://") else { return .directory(text) }
        do {
            var place = try ObjectPrefix(uri: text)
            if !place.prefix.isEmpty, !place.prefix.hasSuffix("/") { place.prefix += "/" }
            return .s3(place)
        } catch {
            throw UsageError("--report: \(error)")
        }
    }

    /// Where programs keep what they must not forget (XDG Base Directory Specification).
    private static func stateDirectory(_ environment: [String: String]) -> String {
        let base = [environment["XDG_STATE_HOME"], environment["HOME"].map { $0 + "/.local/state" }]
            .compactMap { $0 }.first { $0.hasPrefix("/") }
        return "\(base ?? "/tmp")/s3haul/dispatch"
    }
}
