public import S3

/// The outcome of one task: one JSON line.
public struct TaskRecord: Sendable, Equatable, Codable {
    /// How a task ended.
    public enum Outcome: String, Sendable, Codable {
        /// The destination is its source, and this task made it so.
        case copied
        /// The destination was its source already.
        case unchanged
        /// It is in the archive that is the destination, and in its index.
        case archived
        /// The same, and the source is deleted.
        case deleted
        /// Handed to AWS Batch.
        case submitted
        /// Handed to SQS for a worker to archive; it is not archived yet.
        case queued
        /// It may succeed when it is tried again.
        case interrupted
        /// It failed, and will fail again until something is changed.
        case failed
        /// What a dry run would have done.
        case planned
    }

    /// How it is known that the destination is its source.
    public enum Proof: String, Sendable, Codable {
        /// Both have the same ETag, of the same boundaries and an encryption that leaves it an MD5.
        case eTag = "etag"
        /// Both have the same checksum over the whole object, or over the same parts.
        case checksum
        /// Both were read and compared, byte for byte.
        case deep
        /// Both have the same size, and S3 confirmed every part against the source's ETag.
        case sizeAndParts = "size_and_parts"
    }

    /// The version of this format.
    public var schema = 1
    /// The run that the task belongs to.
    public var run: String
    /// The source.
    public var source: ObjectReference
    /// The destination; its version id is the one that was made.
    public var destination: ObjectReference?
    /// How it ended.
    public var outcome: Outcome
    /// How the destination is known to be the source.
    public var proof: Proof?
    /// The size in bytes.
    public var size: Int64?
    /// The source's ETag.
    public var sourceETag: String?
    /// The destination's ETag.
    public var destinationETag: String?
    /// How many parts there were; 1 for CopyObject.
    public var parts: Int?
    /// How many of them an earlier attempt had copied.
    public var partsResumed: Int?
    /// How many requests were sent for it.
    public var requests: Int?
    /// How long it took, in seconds.
    public var seconds: Double?
    /// What failed.
    public var step: String?
    /// S3's code of the failure.
    public var errorCode: String?
    /// S3's id of the failed request.
    public var requestId: String?
    /// What happened, in one line.
    public var message: String?
    /// What to do about it, in one line.
    public var advice: String?

    /// Makes a record.
    public init(run: String, source: ObjectReference, destination: ObjectReference?, outcome: Outcome) {
        self.run = run
        self.source = source
        self.destination = destination
        self.outcome = outcome
    }

    enum CodingKeys: String, CodingKey {
        case schema, run, source, destination, outcome, proof, size
        case sourceETag = "source_etag"
        case destinationETag = "destination_etag"
        case parts
        case partsResumed = "parts_resumed"
        case requests, seconds, step
        case errorCode = "error_code"
        case requestId = "request_id"
        case message, advice
    }
}
