import AWSCore
import BatchJobs
import HTTPTransport
import Testing

/// Jobs on a real Batch endpoint, which keeps them but does not run them.
@Suite struct BatchTests {
    static func request() throws -> SubmitJobRequest {
        SubmitJobRequest(
            jobName: "job-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))",
            jobQueue: try Stack.variable("S3HAUL_TEST_JOB_QUEUE"),
            jobDefinition: try Stack.variable("S3HAUL_TEST_JOB_DEFINITION"))
    }

    @Test func submitsAndDescribes() async throws {
        let batch = try Stack.batch()
        var request = try Self.request()
        var overrides = ContainerOverrides()
        overrides.command = ["s3haul", "copy", "é"]
        overrides.environment = [EnvironmentVariable(name: "A", value: "\"b\"")]
        request.containerOverrides = overrides
        request.retryStrategy = RetryStrategy(attempts: 2)
        request.attemptDurationSeconds = 60
        request.tags = ["run": "r"]
        let submitted = try await batch.submitJob(request)
        #expect(submitted.jobName == request.jobName)
        let details = try await batch.describeJobs([submitted.jobId])
        #expect(details.map(\.jobName) == [request.jobName])
        #expect(details[0].container?.command == overrides.command)
        #expect(
            details[0].container?.environment?.contains(overrides.environment?[0] ?? .init(name: "", value: "")) == true
        )
        try await batch.terminateJob(submitted.jobId, reason: "enough")
    }

    @Test func describesMoreThanAHundred() async throws {
        let batch = try Stack.batch()
        let id = try await batch.submitJob(Self.request()).jobId
        let missing = (0..<150).map { "no-such-job-\($0)" }
        #expect(try await batch.describeJobs([id] + missing).map(\.jobId) == [id])
    }

    @Test func listsTheChildrenOfAnArray() async throws {
        let batch = try Stack.batch()
        var request = try Self.request()
        request.arraySize = 3
        let parent = try await batch.submitJob(request).jobId
        let children = try await batch.listJobs(ListJobsRequest(.arrayJob(parent, status: nil))).all()
        #expect(children.map(\.jobId).sorted() == (0..<3).map { "\(parent):\($0)" })
    }

    @Test func saysThatThereIsNoQueue() async throws {
        var request = try Self.request()
        request.jobQueue = "no-such-queue"
        let batch = try Stack.batch()
        let error = await #expect(throws: AWSError.self) { try await batch.submitJob(request) }
        #expect(error?.code == "ClientException")
        #expect(error?.attempts == 1)
    }
}
