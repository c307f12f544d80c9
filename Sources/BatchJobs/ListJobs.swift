public import AWSCore

/// What ListJobs is asked.
public struct ListJobsRequest: Sendable, Equatable {
    /// Which jobs are listed.
    public enum Scope: Sendable, Equatable {
        /// Those of a queue, by its name or ARN, in one status; AWS Batch lists running ones when none is said.
        case queue(String, status: JobStatus?)
        /// Those of a queue whose name begins so, whatever their status.
        case queueNamed(String, namePrefix: String)
        /// The children of an array job, in one status or all.
        case arrayJob(String, status: JobStatus?)
    }

    /// Which jobs are listed.
    public var scope: Scope
    /// How many jobs a page has; AWS Batch gives 100 unless told, and never more.
    public var pageSize: Int?
    var nextToken: String?

    /// Asks for jobs.
    public init(_ scope: Scope) { self.scope = scope }
}

/// What a listing says of a job.
public struct JobSummary: Sendable, Equatable, Decodable {
    /// What it is in an array job.
    public struct ArrayProperties: Sendable, Equatable, Decodable {
        /// Its place, for a child.
        public var index: Int?
        /// How many children it has, for a parent.
        public var size: Int?
    }

    /// The id.
    public var jobId: String
    /// The name.
    public var jobName: String
    /// Where it stands; `nil` where the store does not say.
    public var status: JobStatus?
    /// Why it stands there.
    public var statusReason: String?
    /// When it was submitted, in milliseconds since 1970.
    public var createdAt: Int64?
    /// When it ended, in milliseconds since 1970.
    public var stoppedAt: Int64?
    /// What it is in an array job.
    public var arrayProperties: ArrayProperties?
}

extension BatchClient {
    /// ListJobs: the jobs of a queue or of an array job.
    public func listJobs(_ request: ListJobsRequest) -> PagedSequence<JobSummary, String> {
        PagedSequence(operation: ListJobsRequest.name, subject: request.subject) { token throws(AWSError) in
            var page = request
            page.nextToken = token
            let reply = try await client.perform(page)
            return .init(elements: reply.jobSummaryList ?? [], next: reply.nextToken)
        }
    }
}

extension ListJobsRequest: BatchOperation {
    package struct Output: Decodable, Sendable {
        var jobSummaryList: [JobSummary]?
        var nextToken: String?
    }

    package static let name = "ListJobs"

    package var subject: String {
        switch scope {
        case .queue(let queue, _), .queueNamed(let queue, _): queue
        case .arrayJob(let job, _): job
        }
    }

    enum CodingKeys: String, CodingKey {
        case jobQueue, arrayJobId, jobStatus, filters, maxResults, nextToken
    }

    private struct Filter: Encodable {
        var name: String
        var values: [String]
    }

    /// Writes the request's body.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch scope {
        case .queue(let queue, let status):
            try container.encode(queue, forKey: .jobQueue)
            try container.encodeIfPresent(status, forKey: .jobStatus)
        case .queueNamed(let queue, let prefix):
            try container.encode(queue, forKey: .jobQueue)
            try container.encode([Filter(name: "JOB_NAME", values: [prefix + "*"])], forKey: .filters)
        case .arrayJob(let job, let status):
            try container.encode(job, forKey: .arrayJobId)
            try container.encodeIfPresent(status, forKey: .jobStatus)
        }
        try container.encodeIfPresent(pageSize, forKey: .maxResults)
        try container.encodeIfPresent(nextToken, forKey: .nextToken)
    }
}
