/// What the driver hands to AWS Batch, and how.
public struct JobSettings: Sendable, Equatable {
    /// What is done with a task's object.
    public enum Mode: String, Sendable, CaseIterable {
        /// It is copied.
        case copy
        /// It is put into an archive by a worker, unless it is too large for one: then it is copied.
        case archive
    }

    /// What is done with a task's object.
    public var mode = Mode.copy
    /// The URL of the SQS queue that workers take objects from, to archive them; `nil` fails them.
    public var archiveQueue: String?
    /// The name or ARN of the job queue; `nil` fails what is too large for one CopyObject.
    public var queue: String?
    /// The name, `name:revision` or ARN of the job definition.
    public var definition: String?
    /// The share identifier that a queue with a fair-share policy asks for.
    public var shareIdentifier: String?
    /// How often a job is started at most: 1 to 10 (AWS Batch: SubmitJob, retryStrategy).
    public var attempts = 10
    /// How long one attempt may take, in seconds; at least 60 (AWS Batch: SubmitJob, timeout).
    public var timeout = 24 * 3600

    /// Makes the default settings.
    public init() {}
}
