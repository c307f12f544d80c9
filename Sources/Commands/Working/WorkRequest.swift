import Bundling
import Console
import Jobs
import Queueing
import S3

/// What `s3haul work` is asked to do.
struct WorkRequest {
    /// The queue's URL or name.
    var queue: String
    /// The bucket of manifests that have keys alone.
    var bucket: String?
    /// What archives are like where messages do not say it.
    var settings: QueueSettings
    var options: WorkOptions
    var concurrency: Int
    var records: Place?
    var output: OutputForm
    var isDryRun: Bool
    var isQuiet: Bool

    init(_ arguments: Arguments, environment: [String: String]) throws(UsageError) {
        guard let queue = arguments.value("queue") else {
            throw UsageError("say which queue: --queue https://sqs.REGION.amazonaws.com/ACCOUNT/NAME")
        }
        self.queue = queue
        bucket = arguments.value("bucket")
        let flags = arguments.verb.flags.compactMap { flag in
            arguments.flags[flag.name].map { (flag: "--\(flag.name)", value: flag.value == nil ? "true" : $0) }
        }
        settings = QueueSettings(environment: environment, flags: flags, destination: arguments.value("to"))
        // What is wrong here is wrong for every message.
        do { _ = try settings.resolved([:]) } catch let error as UsageError { throw error } catch {
            throw UsageError("\(error)")
        }
        options = try Self.options(arguments)
        concurrency = try arguments.number("concurrency", in: 1...1_024) ?? Bundler.standardConcurrency
        records = try arguments.value("records").map { text throws(UsageError) in try Place(text, of: "--records") }
        output = try arguments.choice("output", OutputForm.self) ?? .text
        isDryRun = arguments.isSet("dry-run")
        isQuiet = arguments.isSet("quiet")
    }

    private static func options(_ arguments: Arguments) throws(UsageError) -> WorkOptions {
        var options = WorkOptions()
        options.limits.count = try arguments.number("count", in: 1...100_000) ?? options.limits.count
        options.limits.held = max(options.limits.held, options.limits.count)
        options.limits.bytes = try arguments.size("size", in: 1...5 << 40) ?? options.limits.bytes
        if let age = try arguments.seconds("age", in: 0...12 * 3600) { options.limits.age = .seconds(age) }
        if let idle = try arguments.seconds("idle-exit", in: 0...14 * 86_400) { options.idleExit = .seconds(idle) }
        options.maxJobs = try arguments.number("max-jobs", in: 1...1_000_000_000)
        options.visibility =
            try arguments.seconds("visibility", in: 3...12 * 3600).map { Int($0) } ?? options.visibility
        options.concurrency = try arguments.number("bundles", in: 1...64) ?? options.concurrency
        return options
    }
}
