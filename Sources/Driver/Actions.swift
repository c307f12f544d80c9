public import AWSCore
public import BatchJobs
public import Jobs
public import S3

/// What the driver does to the world, one function an operation.
public struct Actions: Sendable {
    /// Copies an object by CopyObject, proves the copy, and says so in a record.
    public typealias InlineCopy = @Sendable (CopyTask, HeadObjectOutput, RunSettings) async -> TaskRecord

    /// Puts messages into the queue of a URL; says of each, in order, why it is not there, or nothing.
    public typealias SendMessages = @Sendable ([QueueMessage], String) async -> [AWSError?]

    /// HeadObject, in the bucket's own region.
    public var head: @Sendable (HeadObjectRequest) async throws(AWSError) -> HeadObjectOutput
    /// Copies what is small enough; its record's outcome is the task's.
    public var copy: InlineCopy
    /// SubmitJob.
    public var submit: @Sendable (SubmitJobRequest) async throws(AWSError) -> SubmitJobOutput
    /// SendMessageBatch, as many as it takes.
    public var send: SendMessages

    /// Makes the actions of functions.
    public init(
        head: @escaping @Sendable (HeadObjectRequest) async throws(AWSError) -> HeadObjectOutput,
        copy: @escaping InlineCopy,
        submit: @escaping @Sendable (SubmitJobRequest) async throws(AWSError) -> SubmitJobOutput,
        send: @escaping SendMessages
    ) {
        self.head = head
        self.copy = copy
        self.submit = submit
        self.send = send
    }
}
