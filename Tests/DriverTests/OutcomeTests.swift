import AWSCore
import BatchJobs
import Driver
import HTTPTransport
import Jobs
import S3
import Testing

@Suite struct OutcomeTests {
    static let temporary: [AWSError] = [
        FakeStore.failure(503, "SlowDown"), FakeStore.failure(503, "ServiceUnavailable"),
        FakeStore.failure(500, "InternalError"), FakeStore.failure(200, "InternalError"),
        FakeStore.failure(502, "BadGateway"), FakeStore.failure(504, "GatewayTimeout"),
        FakeStore.failure(400, "RequestTimeout"), FakeStore.failure(429, "TooManyRequestsException"),
        FakeStore.failure(400, "ExpiredToken"), FakeStore.failure(403, "RequestTimeTooSkewed"),
        FakeStore.failure(409, "OperationAborted"),
        transport(.resolve), transport(.connect), transport(.tls), transport(.send), transport(.receive),
        transport(.time),
        AWSError(.malformedResponse("no ETag"), operation: "HeadObject", subject: "", attempts: 1),
        AWSError(
            .credentials(CredentialError(tried: ["container endpoint: status 503"], isTransient: true)),
            operation: "HeadObject", subject: "", attempts: 0),
        AWSError(.cancelled, operation: "HeadObject", subject: "", attempts: 1),
    ]

    static let permanent: [AWSError] = [
        FakeStore.failure(404, "NotFound"), FakeStore.failure(404, "NoSuchBucket"), FakeStore.failure(403, "Forbidden"),
        FakeStore.failure(403, "AccessDenied"), FakeStore.failure(400, "BadRequest"),
        FakeStore.failure(405, "MethodNotAllowed"), FakeStore.failure(400, "KMS.DisabledException"),
        FakeStore.failure(412, "PreconditionFailed"), FakeStore.failure(403, "InvalidAccessKeyId"),
        transport(.request), transport(.limit),
        AWSError(.credentials(CredentialError(tried: [])), operation: "HeadObject", subject: "", attempts: 0),
        AWSError(.configuration(ConfigurationError("no region")), operation: "HeadObject", subject: "", attempts: 0),
    ]

    private static func transport(_ phase: HTTPError.Phase) -> AWSError {
        let error = HTTPError(phase, "broke", mayHaveBeenSent: true)
        return AWSError(.transport(error), operation: "HeadObject", subject: "s3://from/k", attempts: 1)
    }

    enum Call: CaseIterable, Sendable { case headSource, headDestination, submit }

    /// What a failing call does to a task.
    private func result(_ call: Call, _ error: AWSError) async throws -> Answer.Result {
        let store = FakeStore()
        store.put("from", "k", FakeStore.head(call == .submit ? 1 << 40 : 1))
        switch call {
        case .headSource: store.put("from", "k", .failure(error))
        case .headDestination: store.put("to", "k", .failure(error))
        case .submit: store.state.withLock { $0.submitError = error }
        }
        return try #require(try await store.driver().result(key: "k"))
    }

    @Test(arguments: Call.allCases, temporary)
    func whatPassesIsATemporaryFailureOnEveryCall(_ call: Call, _ error: AWSError) async throws {
        let result = try await result(call, error)
        #expect(result.resultCode == "TemporaryFailure")
        #expect(result.resultString.contains(error.code ?? ""))
    }

    @Test(arguments: [
        (TaskRecord.Outcome.copied, "Succeeded"), (.unchanged, "Succeeded"), (.interrupted, "TemporaryFailure"),
        (.failed, "PermanentFailure"),
    ])
    func theOutcomeOfACopyIsTheResult(_ outcome: TaskRecord.Outcome, _ code: String) async throws {
        let store = FakeStore()
        store.put("from", "k", FakeStore.head(1))
        store.state.withLock { $0.copyOutcome = outcome }
        #expect(try await store.driver().result(key: "k")?.resultCode == code)
    }

    @Test(arguments: [Call.headSource, .submit], permanent)
    func aMistakeIsAPermanentFailureWithS3sOwnCode(_ call: Call, _ error: AWSError) async throws {
        let result = try await result(call, error)
        #expect(result.resultCode == "PermanentFailure")
        #expect(result.resultString.contains(error.code ?? ""))
        if error.service != nil { #expect(result.resultString.contains("request id REQ1")) }
    }

    @Test(arguments: [FakeStore.failure(404, "NotFound"), FakeStore.failure(403, "Forbidden")])
    func aDestinationThatCannotBeSeenIsCopiedTo(_ error: AWSError) async throws {
        #expect(try await result(.headDestination, error).resultCode == "Succeeded")
    }

    @Test func aDeleteMarkerIsCalledOne() async throws {
        let error = FakeStore.failure(404, "NotFound", headers: ["x-amz-delete-marker": "true"])
        let result = try await result(.headSource, error)
        #expect(result.resultCode == "PermanentFailure")
        #expect(result.resultString.contains("delete marker"))
    }

    @Test func aTaskDeliveredTwiceFindsItsCopy() async throws {
        let store = FakeStore()
        store.put("from", "k", FakeStore.head(1 << 40))
        store.put("to", "k", FakeStore.head(1 << 40))
        let result = try await store.driver().result(key: "k")
        #expect(result?.resultCode == "Succeeded")
        #expect(result?.resultString == "already at s3://to/k, proven by etag")
        #expect(store.state.withLock { $0.submitted.isEmpty && $0.copied.isEmpty })
    }

    @Test func aLargeObjectBecomesAJobThatTheWorkerCanDo() async throws {
        let store = FakeStore()
        store.put("from", "a/ü b", version: "v1", FakeStore.head(1 << 40))
        let driver = store.driver {
            $0.copy.storageClass = "STANDARD_IA"
            $0.jobs.attempts = 4
            $0.jobs.timeout = 7200
            $0.jobs.shareIdentifier = "media"
        }
        let result = try await driver.result(key: "a/%C3%BC+b", version: "\"v1\"")
        #expect(result?.resultCode == "Succeeded")
        #expect(
            result?.resultString == "AWS Batch job job-1 in queue queue copies 1099511627776 bytes to s3://to/a/ü b; "
                + "see aws batch describe-jobs --jobs job-1")
        let request = try #require(store.state.withLock { $0.submitted.first })
        #expect(request.jobQueue == "queue")
        #expect(request.jobDefinition == "worker")
        #expect(request.jobName.hasPrefix("s3haul-j1-a-"))
        #expect(request.parameters == ["source": "s3://from/a/ü b?versionId=v1", "destination": "s3://to/a/ü b"])
        #expect(
            request.containerOverrides?.environment == [
                EnvironmentVariable(name: "S3HAUL_RUN", value: "j1"),
                EnvironmentVariable(name: "S3HAUL_STORAGE_CLASS", value: "STANDARD_IA"),
            ])
        #expect(request.containerOverrides?.command == nil)
        #expect(request.attemptDurationSeconds == 7200)
        #expect(request.shareIdentifier == "media")
        #expect(request.tags?["s3haul:run"] == "j1")
        let retries = try #require(request.retryStrategy)
        #expect(retries.attempts == 4)
        #expect(
            retries.evaluateOnExit == [
                .init(onStatusReason: "Host EC2*", action: .retry), .init(onExitCode: "75", action: .retry),
                .init(onReason: "CannotPull*", action: .retry), .init(onReason: "*", action: .exit),
            ])
    }

    @Test(arguments: [false, true])
    func aJobIsNeverLargerThanAWSBatchTakes(_ hasMuchMetadata: Bool) async throws {
        let store = FakeStore()
        let key = String(repeating: "\u{1}", count: 1024)
        store.put("from", key, FakeStore.head(1 << 40))
        let driver = store.driver { settings in
            guard hasMuchMetadata else { return }
            settings.copy.metadata = .replace(["m": String(repeating: "ü", count: 1000)])
            settings.copy.tags = .replace(
                Dictionary(uniqueKeysWithValues: (0..<10).map { ("k\($0)", String(repeating: "日", count: 256)) }))
        }
        let result = try await driver.result(key: String(repeating: "%01", count: 1024))
        #expect(result?.resultCode == (hasMuchMetadata ? "PermanentFailure" : "Succeeded"))
        if hasMuchMetadata { #expect(result?.resultString.contains("JobTooLarge") == true) }
        for request in store.state.withLock({ $0.submitted }) {
            #expect(try request.body().count <= BatchLimits.submitJobBytes)
        }
    }

    @Test func resultsAreOneLineOfAtMost1024Characters() async throws {
        let store = FakeStore()
        let key = String(repeating: "\n日", count: 256)
        store.put("from", key, FakeStore.head(1 << 40))
        let encoded = String(repeating: "%0A%E6%97%A5", count: 256)
        let long = AWSError(
            .service(
                ServiceError(
                    status: 403, code: "AccessDenied", message: String(repeating: "no\r\n\u{2028}", count: 600))),
            operation: "SubmitJob", subject: "", attempts: 1)
        for error in [nil, long] {
            store.state.withLock { $0.submitError = error }
            let text = try #require(try await store.driver().result(key: encoded)).resultString
            #expect(text.unicodeScalars.count <= 1024)
            #expect(!text.contains { $0.isNewline })
        }
    }

    @Test func eachTaskHasALogLineAndEachInvocationItsMetrics() async throws {
        let store = FakeStore()
        store.put("from", "k", FakeStore.head(7))
        _ = try await store.driver().result(key: "k")
        _ = try await store.driver().result(key: "gone")
        let lines = store.printed.withLock { String(decoding: $0, as: UTF8.self) }.split(separator: "\n")
        #expect(lines.count == 4)
        for part in [
            #""level":"info""#, #""result":"Succeeded""#, #""task_id":"t1""#, #""invocation_id":"i1""#,
            #""lambda_request_id":"r1""#, #""message":"copied 7 bytes to s3://to/k, proven by etag""#,
            #""outcome":"copied""#, #""run":"j1""#,
        ] { #expect(lines[0].contains(part)) }
        for part in [#""level":"error""#, #""error_code":"NotFound""#, #""request_id":"REQ1""#] {
            #expect(lines[2].contains(part))
        }
        for part in [
            #""Namespace":"s3haul""#, #""Dimensions":[["FunctionName"]]"#, #""FunctionName":"f""#, #""Copied":1"#,
            #""Failed":0"#, #""BytesCopied":7"#, #""TaskDuration":"#, #"{"Name":"TaskDuration","Unit":"Seconds"}"#,
        ] { #expect(lines[1].contains(part)) }
    }
}
