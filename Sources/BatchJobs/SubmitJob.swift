public import AWSCore

/// What AWS Batch takes at most.
public enum BatchLimits {
    /// Bytes of one SubmitJob (AWS Batch User Guide: Service quotas, "maximum job payload size": 30 KiB).
    public static let submitJobBytes = 30 * 1024
    /// Jobs of one DescribeJobs (AWS Batch API Reference: DescribeJobs, jobs).
    public static let describedJobs = 100
}

/// What SubmitJob is asked.
public struct SubmitJobRequest: Sendable, Equatable {
    /// The job's name: up to 128 letters, digits, hyphens and underscores, the first a letter or digit.
    public var jobName: String
    /// The queue's name or ARN.
    public var jobQueue: String
    /// The definition's name, `name:revision`, or ARN.
    public var jobDefinition: String
    /// The job's own command, environment and resources; `nil` leaves the definition's.
    public var containerOverrides: ContainerOverrides?
    /// What the definition's `Ref::name` placeholders stand for.
    public var parameters: [String: String]?
    /// When another attempt is made.
    public var retryStrategy: RetryStrategy?
    /// How many seconds an attempt may take, 60 at least.
    public var attemptDurationSeconds: Int?
    /// How many children an array job has, from 2 to 10,000; `nil` for a single job.
    public var arraySize: Int?
    /// The share of a fair-share queue, which wants one.
    public var shareIdentifier: String?
    /// The job's tags; up to 50.
    public var tags: [String: String]?

    /// Asks for a job.
    public init(jobName: String, jobQueue: String, jobDefinition: String) {
        self.jobName = jobName
        self.jobQueue = jobQueue
        self.jobDefinition = jobDefinition
    }
}

/// What a job's container has that its definition does not say.
public struct ContainerOverrides: Sendable, Equatable, Codable {
    /// The command's words; `nil` leaves the definition's.
    public var command: [String]?
    /// Environment variables, besides the definition's; none may begin with `AWS_BATCH`.
    public var environment: [EnvironmentVariable]?

    /// Makes overrides that change nothing.
    public init() {}
}

/// One environment variable of a container.
public struct EnvironmentVariable: Sendable, Equatable, Codable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String

    /// Makes a variable.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// When AWS Batch makes another attempt at a job.
public struct RetryStrategy: Sendable, Equatable, Codable {
    /// One rule: what the attempt's end must match, and what is done then.
    public struct Rule: Sendable, Equatable, Codable {
        /// What is done.
        public enum Action: String, Sendable, Codable {
            /// Another attempt.
            case retry = "RETRY"
            /// None.
            case exit = "EXIT"
        }

        /// A pattern of the attempt's status reason, with `*` at its end alone: `Host EC2*` for a spot reclaim.
        public var onStatusReason: String?
        /// A pattern of the container's reason.
        public var onReason: String?
        /// A pattern of the exit code in decimal.
        public var onExitCode: String?
        /// What is done.
        public var action: Action

        /// Makes a rule.
        public init(
            onStatusReason: String? = nil, onReason: String? = nil, onExitCode: String? = nil, action: Action
        ) {
            self.onStatusReason = onStatusReason
            self.onReason = onReason
            self.onExitCode = onExitCode
            self.action = action
        }
    }

    /// How many attempts there are in all, from 1 to 10.
    public var attempts: Int
    /// The rules, of which the first that matches counts; where none matches, there is another attempt.
    public var evaluateOnExit: [Rule]

    /// Makes a strategy.
    public init(attempts: Int, evaluateOnExit: [Rule] = []) {
        self.attempts = attempts
        self.evaluateOnExit = evaluateOnExit
    }
}

/// What SubmitJob answers.
public struct SubmitJobOutput: Sendable, Equatable, Codable {
    /// The job's id.
    public var jobId: String
    /// The job's name.
    public var jobName: String
    /// The job's ARN; `nil` where the store gives none.
    public var jobArn: String?

    /// Makes an answer.
    public init(jobId: String, jobName: String, jobArn: String? = nil) {
        self.jobId = jobId
        self.jobName = jobName
        self.jobArn = jobArn
    }
}

extension BatchClient {
    /// SubmitJob: hands a job to a queue.
    ///
    /// It has no client token, so a request that the server may have acted on is not sent again.
    public func submitJob(_ request: SubmitJobRequest) async throws(AWSError) -> SubmitJobOutput {
        try await client.perform(request)
    }
}

extension SubmitJobRequest {
    /// The request's body: what `BatchLimits.submitJobBytes` limits.
    ///
    /// - Throws: `ConfigurationError` for what JSON cannot say.
    public func body() throws(ConfigurationError) -> [UInt8] { try encoded() }
}

extension SubmitJobRequest: BatchOperation {
    package typealias Output = SubmitJobOutput
    package static let name = "SubmitJob"
    package var subject: String { jobName }
    var isRepeatable: Bool { false }

    enum CodingKeys: String, CodingKey {
        case jobName, jobQueue, jobDefinition, containerOverrides, parameters, retryStrategy, timeout, arrayProperties
        case shareIdentifier, tags
    }

    /// Writes the request's body.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jobName, forKey: .jobName)
        try container.encode(jobQueue, forKey: .jobQueue)
        try container.encode(jobDefinition, forKey: .jobDefinition)
        try container.encodeIfPresent(containerOverrides, forKey: .containerOverrides)
        try container.encodeIfPresent(parameters, forKey: .parameters)
        try container.encodeIfPresent(retryStrategy, forKey: .retryStrategy)
        try container.encodeIfPresent(attemptDurationSeconds.map { ["attemptDurationSeconds": $0] }, forKey: .timeout)
        try container.encodeIfPresent(arraySize.map { ["size": $0] }, forKey: .arrayProperties)
        try container.encodeIfPresent(shareIdentifier, forKey: .shareIdentifier)
        try container.encodeIfPresent(tags, forKey: .tags)
    }
}
