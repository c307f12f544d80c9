import FoundationEssentials
import Manifests

/// What S3 Batch Operations sends to a function: one task, in schema 1.0 or 2.0.
///
/// Source: S3 User Guide, "Invoke AWS Lambda function".
public struct InvocationEvent: Sendable, Equatable {
    /// The version of the schema.
    public var schema: DispatchJob.Schema
    /// The id of this invocation; the answer repeats it.
    public var invocationId: String
    /// The id of the task; its result repeats it.
    public var taskId: String
    private let job: DispatchJob
    private let task: DispatchTask

    /// The event of a task of a job.
    public init(_ task: DispatchTask, of job: DispatchJob) {
        schema = job.schema
        self.job = job
        self.task = task
        taskId = Self.opaque("\(job.id)/\(task.index)")
        invocationId = Self.opaque("\(job.id)/\(task.index)/\(task.redrives)")
    }

    /// The event as JSON.
    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// Ids of S3 are Base64 of something that is not to be understood.
    private static func opaque(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}

extension InvocationEvent: Encodable {
    private enum EventKeys: String, CodingKey { case invocationSchemaVersion, invocationId, job, tasks }
    private enum JobKeys: String, CodingKey { case id, userArguments }
    private enum TaskKeys: String, CodingKey { case taskId, s3Key, s3VersionId, s3BucketArn, s3Bucket }

    /// Writes the event as its schema has it.
    public func encode(to encoder: any Encoder) throws {
        var event = encoder.container(keyedBy: EventKeys.self)
        try event.encode(schema.rawValue, forKey: .invocationSchemaVersion)
        try event.encode(invocationId, forKey: .invocationId)
        var job = event.nestedContainer(keyedBy: JobKeys.self, forKey: .job)
        try job.encode(self.job.id, forKey: .id)
        if schema == .v2 { try job.encode(self.job.userArguments, forKey: .userArguments) }
        var tasks = event.nestedUnkeyedContainer(forKey: .tasks)
        var task = tasks.nestedContainer(keyedBy: TaskKeys.self)
        try task.encode(taskId, forKey: .taskId)
        try task.encode(KeyEncoding.encodeForEvent(self.task.key), forKey: .s3Key)
        try task.encode(self.task.versionId, forKey: .s3VersionId)
        switch schema {
        case .v1: try task.encode("arn:aws:s3:::\(self.task.bucket)", forKey: .s3BucketArn)
        case .v2: try task.encode(self.task.bucket, forKey: .s3Bucket)
        }
    }
}
