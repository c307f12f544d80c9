public import AWSCore

extension BatchClient {
    /// TerminateJob: ends a job, wherever it stands.
    ///
    /// - Parameters:
    ///   - jobId: The job.
    ///   - reason: What its status reason says afterwards.
    /// - Throws: `AWSError`, also for a job that is not there.
    public func terminateJob(_ jobId: String, reason: String) async throws(AWSError) {
        _ = try await client.perform(TerminateJob(jobId: jobId, reason: reason))
    }
}

struct TerminateJob: BatchOperation {
    typealias Output = NoOutput
    static let name = "TerminateJob"
    var jobId: String
    var reason: String
    var subject: String { jobId }
}
