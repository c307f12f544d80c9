public import AWSCore

/// What AWS Batch says of a job.
public struct JobDetail: Sendable, Equatable, Decodable {
    /// One attempt at it.
    public struct Attempt: Sendable, Equatable, Decodable {
        /// Its container.
        public struct Container: Sendable, Equatable, Decodable {
            /// The exit code; `nil` while it runs, or where it was killed.
            public var exitCode: Int?
            /// Why it ended.
            public var reason: String?
            /// Where its log is.
            public var logStreamName: String?
        }

        /// Its container.
        public var container: Container?
        /// Why it ended: `Host EC2 … terminated` for a spot reclaim.
        public var statusReason: String?
        /// When it started, in milliseconds since 1970.
        public var startedAt: Int64?
        /// When it stopped, in milliseconds since 1970.
        public var stoppedAt: Int64?
    }

    /// Its container, as definition and overrides make it.
    public struct Container: Sendable, Equatable, Decodable {
        /// The command's words.
        public var command: [String]?
        /// The environment.
        public var environment: [EnvironmentVariable]?
        /// The exit code of the last attempt.
        public var exitCode: Int?
        /// Why it ended.
        public var reason: String?
        /// Where its log is.
        public var logStreamName: String?
    }

    /// The id.
    public var jobId: String
    /// The name.
    public var jobName: String
    /// The queue.
    public var jobQueue: String?
    /// The definition.
    public var jobDefinition: String?
    /// Where it stands.
    public var status: JobStatus
    /// Why it stands there.
    public var statusReason: String?
    /// The attempts that have ended.
    public var attempts: [Attempt]?
    /// Its container.
    public var container: Container?
    /// Its parameters.
    public var parameters: [String: String]?
    /// When it was submitted, in milliseconds since 1970.
    public var createdAt: Int64?
    /// When its last attempt started, in milliseconds since 1970.
    public var startedAt: Int64?
    /// When it ended, in milliseconds since 1970.
    public var stoppedAt: Int64?
    /// Its tags.
    public var tags: [String: String]?
}

/// Where a job stands; AWS Batch may come to have more of these.
public struct JobStatus: RawRepresentable, Sendable, Hashable, Codable {
    /// As AWS Batch names it.
    public var rawValue: String

    /// Names a status.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Taken.
    public static let submitted = JobStatus(rawValue: "SUBMITTED")
    /// Waiting for jobs that it depends on.
    public static let pending = JobStatus(rawValue: "PENDING")
    /// Waiting for a machine.
    public static let runnable = JobStatus(rawValue: "RUNNABLE")
    /// Its container is being started.
    public static let starting = JobStatus(rawValue: "STARTING")
    /// Its container runs.
    public static let running = JobStatus(rawValue: "RUNNING")
    /// It ended with exit code 0.
    public static let succeeded = JobStatus(rawValue: "SUCCEEDED")
    /// All its attempts failed.
    public static let failed = JobStatus(rawValue: "FAILED")

    /// Whether nothing more will happen to it.
    public var isFinal: Bool { self == .succeeded || self == .failed }
}

extension BatchClient {
    /// DescribeJobs: what AWS Batch says of jobs, in as many requests of 100 ids as it takes.
    ///
    /// - Returns: A detail of each job that it still knows: for at least 7 days after its end.
    public func describeJobs(_ jobIds: [String]) async throws(AWSError) -> [JobDetail] {
        var details: [JobDetail] = []
        for start in stride(from: 0, to: jobIds.count, by: BatchLimits.describedJobs) {
            let page = jobIds[start...].prefix(BatchLimits.describedJobs)
            details += try await client.perform(DescribeJobs(jobs: Array(page))).jobs ?? []
        }
        return details
    }
}

struct DescribeJobs: BatchOperation {
    struct Output: Decodable, Sendable {
        var jobs: [JobDetail]?
    }

    static let name = "DescribeJobs"
    var jobs: [String]
    var subject: String { jobs.count == 1 ? jobs[0] : "\(jobs.count) jobs" }

    enum CodingKeys: String, CodingKey {
        case jobs
    }
}
