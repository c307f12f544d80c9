import Console
import Grouping
import Jobs
import Manifests
import S3

/// What `s3haul group` is asked to do.
struct GroupRequest {
    /// What is grouped.
    enum Source: Equatable {
        case manifest(Place, format: ManifestFormat?, bucket: String?)
        case listing(ObjectPrefix)

        /// What the grouping's document calls it.
        var name: String {
            switch self {
            case .manifest(let place, _, _): "\(place)"
            case .listing(let prefix): "the listing of \(prefix.uri)"
            }
        }
    }

    /// Where the manifests go.
    enum Target: Equatable {
        case folder(String)
        case s3(ObjectPrefix)
    }

    /// Who is told of the manifests.
    enum Submission: Equatable {
        /// An SQS queue, by its URL.
        case messages(queueURL: String)
        /// An AWS Batch queue and definition, and the flags of `s3haul bundle` besides.
        case jobs(queue: String, definition: String, flags: [String])
    }

    /// What objects of a group have in common.
    private enum By: String, CaseIterable {
        case none
        case prefix
        case keyDay = "key-day"
        case modifiedDay = "modified-day"
    }

    var source: Source
    var target: Target
    var parameters: GroupingDocument.Parameters
    var submission: Submission?
    var output: OutputForm
    var isDryRun: Bool
    var isQuiet: Bool

    init(_ arguments: Arguments) throws(UsageError) {
        var operands = arguments.operands[...]
        source = try Self.source(arguments, &operands)
        target = try Self.target(arguments)
        parameters = .init(
            rule: try Self.rule(arguments), limits: try Self.limits(arguments), filter: try ObjectFilter(arguments))
        submission = try Self.submission(arguments, flags: Array(operands))
        output = try arguments.choice("output", OutputForm.self) ?? .text
        isDryRun = arguments.isSet("dry-run")
        isQuiet = arguments.isSet("quiet")
        if submission != nil, case .folder = target {
            throw UsageError("workers read manifests from S3: give --to s3://BUCKET/PREFIX to submit them")
        }
    }

    private static func source(
        _ arguments: Arguments, _ operands: inout ArraySlice<String>
    ) throws(UsageError) -> Source {
        if let manifest = arguments.value("manifest") {
            let format = try arguments.choice("manifest-format", ManifestFormat.self)
            return .manifest(try Place(manifest, of: "--manifest"), format: format, bucket: arguments.value("bucket"))
        }
        guard let operand = operands.popFirst(), operand.hasPrefix("s3://") else {
            throw UsageError("say what to group: --manifest FILE, or s3://BUCKET/PREFIX for what is there now")
        }
        do { return .listing(try ObjectPrefix(uri: operand)) } catch { throw UsageError("\(error)") }
    }

    private static func target(_ arguments: Arguments) throws(UsageError) -> Target {
        guard let text = arguments.value("to"), !text.isEmpty else {
            throw UsageError("say where the manifests go: --to FOLDER or --to s3://BUCKET/PREFIX")
        }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw UsageError("--to: a place with control characters in it cannot stand on a line of its own")
        }
        guard text.hasPrefix("s3://") else {
            return .folder(text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text)
        }
        do {
            var prefix = try ObjectPrefix(uri: text)
            if !prefix.prefix.isEmpty, !prefix.prefix.hasSuffix("/") { prefix.prefix += "/" }
            return .s3(prefix)
        } catch {
            throw UsageError("--to: \(error)")
        }
    }

    private static func rule(_ arguments: Arguments) throws(UsageError) -> GroupingRule {
        let depth = try arguments.number("depth", in: GroupingRule.depths)
        let by = try arguments.choice("by", By.self) ?? .none
        guard depth == nil || by == .prefix else { throw UsageError("--depth is for --by prefix alone") }
        return switch by {
        case .none: .none
        case .prefix: .prefix(depth: depth ?? 1)
        case .keyDay: .keyDay
        case .modifiedDay: .modifiedDay
        }
    }

    private static func limits(_ arguments: Arguments) throws(UsageError) -> GroupLimits {
        var limits = GroupLimits()
        // The largest object that S3 stores has 48.8 TiB; a group of larger ones would be of no use.
        limits.size = try arguments.size("group-size", in: 1...(50 << 40)) ?? limits.size
        limits.count = try arguments.number("group-count", in: 1...10_000_000) ?? limits.count
        return limits
    }

    private static func submission(_ arguments: Arguments, flags: [String]) throws(UsageError) -> Submission? {
        let queueURL = arguments.value("submit-queue")
        let jobQueue = arguments.value("submit-job-queue")
        guard queueURL == nil || jobQueue == nil else {
            throw UsageError("--submit-queue and --submit-job-queue exclude each other")
        }
        if let jobQueue {
            guard let definition = arguments.value("job-definition") else {
                throw UsageError("--submit-job-queue needs --job-definition NAME too")
            }
            return .jobs(queue: jobQueue, definition: definition, flags: flags)
        }
        if let flag = flags.first { throw UsageError("what is '\(flag)' for? Only jobs have flags behind --") }
        guard let queueURL else { return nil }
        guard queueURL.hasPrefix("https://") || queueURL.hasPrefix("http://") else {
            throw UsageError(
                "--submit-queue: '\(queueURL)' is no queue's URL, as https://sqs.REGION.amazonaws.com/ACCOUNT/NAME is")
        }
        return .messages(queueURL: queueURL)
    }
}

extension ObjectFilter {
    init(_ arguments: Arguments) throws(UsageError) {
        self.init()
        prefix = arguments.value("prefix") ?? ""
        patterns = arguments.values("match")
        if let wrong = patterns.first(where: { Glob($0) == nil }) {
            throw UsageError("--match: '\(wrong)' has a [ that is never closed; a [ of its own is written \\[")
        }
        let classes = arguments.values("source-class")
        if !classes.isEmpty { storageClasses = classes }
        olderThan = try arguments.seconds("older-than")
        newerThan = try arguments.seconds("newer-than")
        minimumSize = try arguments.size("min-object-size", in: 0...(50 << 40))
        maximumSize = try arguments.size("max-object-size", in: 0...(50 << 40))
        allVersions = arguments.isSet("versions")
    }
}

extension Arguments {
    /// A size in bytes, or with a unit: `4GiB`.
    func size(_ name: String, in range: ClosedRange<Int64>) throws(UsageError) -> Int64? {
        guard let text = value(name) else { return nil }
        do {
            return try SettingValue.size(text, range)
        } catch {
            throw UsageError("\(origin(name)): '\(text)' is not \(error.text)")
        }
    }

    /// A length of time in seconds: `30d`, `12h`.
    func seconds(_ name: String, in range: ClosedRange<Int> = 1...100 * 366 * 86_400) throws(UsageError) -> Int64? {
        guard let text = value(name) else { return nil }
        do {
            return Int64(try SettingValue.seconds(text, range))
        } catch {
            throw UsageError("\(origin(name)): '\(text)' is not \(error.text)")
        }
    }
}
