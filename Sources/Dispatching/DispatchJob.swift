/// What S3 Batch Operations would be told of a job that invokes a function.
public struct DispatchJob: Sendable, Equatable {
    /// The versions of the events that functions are invoked with.
    public enum Schema: String, Sendable, CaseIterable {
        /// The bucket comes as an ARN.
        case v1 = "1.0"
        /// The bucket comes by name, and the job with its user arguments.
        case v2 = "2.0"
    }

    /// The job's id, which the function gets to see.
    public var id: String
    /// The version of the events.
    public var schema = Schema.v1
    /// What schema 2.0 hands to the function besides the task.
    public var userArguments: [String: String] = [:]
    /// How often a task that failed for the time being is invoked again.
    public var redrives = 5
    /// How many tasks are under way at a time.
    public var concurrency = 1

    /// Makes a job.
    public init(id: String) { self.id = id }
}

/// A row of the manifest, as it is dispatched.
public struct DispatchTask: Sendable, Equatable {
    /// Its place in the manifest, from 0.
    public var index: Int64
    /// The bucket's name.
    public var bucket: String
    /// The key, as it is.
    public var key: String
    /// The version; `nil` for the current one.
    public var versionId: String?
    /// How often it was invoked before and failed for the time being.
    public var redrives = 0

    /// Makes a task.
    public init(index: Int64, bucket: String, key: String, versionId: String?) {
        self.index = index
        self.bucket = bucket
        self.key = key
        self.versionId = versionId
    }
}
