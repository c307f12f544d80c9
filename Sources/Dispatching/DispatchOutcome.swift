/// How the dispatch of a job ended.
public struct DispatchOutcome: Sendable, Equatable {
    /// S3 Batch Operations' words for the end of a job.
    public enum Status: String, Sendable {
        /// Every task was invoked to its end.
        case complete = "Complete"
        /// Too many of them failed, and the rest was left.
        case failed = "Failed"
        /// The run was told to stop; the same command goes on with it.
        case interrupted = "Interrupted"
        /// The function does not answer; the same command goes on with it.
        case unreachable = "Unreachable"
    }

    /// How it ended.
    public var status: Status
    /// How many tasks have succeeded, in all attempts at the job.
    public var succeeded: Int64
    /// How many tasks have failed for good, in all attempts at the job.
    public var failed: Int64
    /// How many invocations this attempt made.
    public var invocations: Int64 = 0
    /// How many tasks an earlier attempt had finished.
    public var resumed: Int64 = 0
    /// What the last failed invocation said, for `unreachable`.
    public var reason: String?
}

/// When a job is given up: S3 Batch Operations' failure threshold.
enum FailureThreshold {
    /// After 1,000 tasks, more than half of them failed (S3 User Guide, "Tracking job failure").
    static func isExceeded(succeeded: Int64, failed: Int64) -> Bool {
        succeeded + failed >= 1_000 && failed > succeeded
    }
}
