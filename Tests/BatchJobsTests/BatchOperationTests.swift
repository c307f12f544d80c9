import AWSCore
import FoundationEssentials
import HTTPTransport
import Testing

@testable import BatchJobs

/// What is sent to AWS Batch, and what its replies are read as.
@Suite struct BatchOperationTests {
    static let job: SubmitJobRequest = {
        var request = SubmitJobRequest(jobName: "j", jobQueue: "q", jobDefinition: "d:1")
        var overrides = ContainerOverrides()
        overrides.command = ["s3haul", "copy"]
        overrides.environment = [EnvironmentVariable(name: "A", value: "é\"\n")]
        request.containerOverrides = overrides
        request.parameters = ["p": "v"]
        request.retryStrategy = RetryStrategy(
            attempts: 3,
            evaluateOnExit: [.init(onStatusReason: "Host EC2*", action: .retry), .init(onReason: "*", action: .exit)])
        request.attemptDurationSeconds = 60
        request.arraySize = 2
        request.shareIdentifier = "s"
        request.tags = ["b": "2", "a": "1"]
        return request
    }()

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: @Sendable (AWSConfiguration) throws -> AWSRequest
        var json: String

        init<Operation: BatchOperation>(_ operation: Operation, _ json: String) {
            testDescription = Operation.name
            request = { try operation.request($0) }
            self.json = json
        }
    }

    @Test(arguments: [
        Row(
            SubmitJobRequest(jobName: "j", jobQueue: "q", jobDefinition: "d"),
            #"{"jobDefinition":"d","jobName":"j","jobQueue":"q"}"#),
        Row(
            job,
            #"{"arrayProperties":{"size":2},"containerOverrides":{"command":["s3haul","copy"],"environment":"#
                + #"[{"name":"A","value":"é\"\n"}]},"jobDefinition":"d:1","jobName":"j","jobQueue":"q","#
                + #""parameters":{"p":"v"},"retryStrategy":{"attempts":3,"evaluateOnExit":"#
                + #"[{"action":"RETRY","onStatusReason":"Host EC2*"},{"action":"EXIT","onReason":"*"}]},"#
                + #""shareIdentifier":"s","tags":{"a":"1","b":"2"},"#
                + #""timeout":{"attemptDurationSeconds":60}}"#),
        Row(DescribeJobs(jobs: ["a", "b"]), #"{"jobs":["a","b"]}"#),
        Row(
            ListJobsRequest(.queue("q", status: .running)), #"{"jobQueue":"q","jobStatus":"RUNNING"}"#),
        Row(
            ListJobsRequest(.queueNamed("q", namePrefix: "run-")),
            #"{"filters":[{"name":"JOB_NAME","values":["run-*"]}],"jobQueue":"q"}"#),
        Row(
            {
                var request = ListJobsRequest(.arrayJob("id", status: nil))
                request.pageSize = 5
                request.nextToken = "t"
                return request
            }(), #"{"arrayJobId":"id","maxResults":5,"nextToken":"t"}"#),
        Row(TerminateJob(jobId: "id", reason: "r"), #"{"jobId":"id","reason":"r"}"#),
    ])
    func sends(_ row: Row) throws {
        let request = try row.request(.resolve(environment: ["AWS_REGION": "eu-west-1"]))
        guard case .bytes(let body) = request.body else {
            Issue.record("no body")
            return
        }
        #expect(String(decoding: body, as: UTF8.self) == row.json)
        #expect(request.path == "/v1/\(row.testDescription.lowercased())")
        #expect(request.method == "POST")
        #expect(request.region == "eu-west-1")
        #expect(request.isRepeatable == (row.testDescription != "SubmitJob"))
    }

    @Test func theBodyIsWhatTheLimitLimits() throws {
        #expect(try Self.job.body().count < BatchLimits.submitJobBytes)
        #expect(try Self.job.body() == Self.job.body(), "the same job is the same bytes")
    }

    @Test func saysThatThereIsNoRegion() throws {
        let configuration = try AWSConfiguration.resolve(environment: [:])
        #expect(throws: ConfigurationError.self) { try DescribeJobs(jobs: []).request(configuration) }
    }

    @Test func readsJobs() throws {
        let json = """
            {"jobs":[{"jobId":"i","jobName":"n","jobQueue":"q","jobDefinition":"d","status":"FAILED",
            "statusReason":"Host EC2 (instance i-1) terminated.","createdAt":1700000000000,"startedAt":1,"stoppedAt":2,
            "attempts":[{"container":{"exitCode":75,"reason":"r","logStreamName":"l"},"statusReason":"s","startedAt":1}],
            "container":{"command":["a"],"environment":[{"name":"n","value":"v"}],"vcpus":1},"parameters":{"p":"v"},
            "tags":{"t":"v"},"isCancelled":false}]}
            """
        let job = try #require(JSONDecoder().decode(DescribeJobs.Output.self, from: Data(json.utf8)).jobs?.first)
        #expect(job.status == .failed)
        #expect(job.status.isFinal)
        #expect(job.attempts?[0].container?.exitCode == 75)
        #expect(job.container?.environment == [EnvironmentVariable(name: "n", value: "v")])
        #expect(job.createdAt == 1_700_000_000_000)
    }

    @Test func readsStatusesToCome() throws {
        let json =
            #"{"jobSummaryList":[{"jobId":"i","jobName":"n","status":"PREEMPTED","arrayProperties":{"index":4}}]}"#
        let output = try JSONDecoder().decode(ListJobsRequest.Output.self, from: Data(json.utf8))
        #expect(output.jobSummaryList?[0].status == JobStatus(rawValue: "PREEMPTED"))
        #expect(output.jobSummaryList?[0].arrayProperties?.index == 4)
        #expect(output.nextToken == nil)
    }
}
