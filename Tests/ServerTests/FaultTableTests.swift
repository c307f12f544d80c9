import AWSCore
import HTTPTransport
import S3
import Testing

/// Every S3 operation through every fault: how it ends, and how many requests that takes.
@Suite(.serialized) struct FaultTableTests {
    /// How an operation ends.
    enum Ending: Equatable {
        /// It is done, after so many requests.
        case success(requests: Int)
        /// An error of this code, or `transport` or `malformed`, after so many requests.
        case failure(String, requests: Int)
    }

    static let faults = [
        "slow-down-burst", "internal-error", "error-in-200", "error-in-200-after-work", "cut-before", "lost-reply",
        "cut-during-reply", "truncated-body", "oversized-body", "slow-bytes", "wrong-etag",
    ]

    /// The table. What no row says otherwise is sent again and succeeds; an upload that may have been created is not
    /// created again, and an error in the reply to HEAD is no error. Where S3 answers the second
    /// AbortMultipartUpload with `NoSuchUpload`, this server says nothing of it.
    static func ending(of operation: FaultedOperation, by fault: String) -> Ending {
        let ending = endingWhereTheServerHasIt(operation, fault)
        guard case .success(let requests) = ending, let refusal = operation.refusal else { return ending }
        return .failure(refusal, requests: requests)
    }

    private static func endingWhereTheServerHasIt(_ operation: FaultedOperation, _ fault: String) -> Ending {
        switch (fault, operation.name) {
        case ("slow-down-burst", _): .success(requests: 4)

        case ("internal-error", "CreateMultipartUpload"): .failure("InternalError", requests: 1)
        case ("internal-error", _): .success(requests: 2)

        case ("error-in-200", "HeadBucket"), ("error-in-200-after-work", "HeadBucket"): .success(requests: 1)
        case ("error-in-200", "HeadObject"), ("error-in-200-after-work", "HeadObject"),
            ("error-in-200", "GetObject"), ("error-in-200-after-work", "GetObject"):
            .failure("malformed", requests: 1)
        case ("error-in-200", "CreateMultipartUpload"), ("error-in-200-after-work", "CreateMultipartUpload"):
            .failure("InternalError", requests: 1)
        case ("error-in-200", _), ("error-in-200-after-work", _): .success(requests: 2)

        case ("cut-before", "CreateMultipartUpload"), ("lost-reply", "CreateMultipartUpload"),
            ("cut-during-reply", "CreateMultipartUpload"), ("truncated-body", "CreateMultipartUpload"):
            .failure("transport", requests: 1)
        case ("cut-before", _), ("lost-reply", _): .success(requests: 2)

        case ("cut-during-reply", _), ("truncated-body", _): .success(requests: operation.hasBody ? 2 : 1)

        default: .success(requests: 1)
        }
    }

    /// How it may end as well, since the network has it whether the end of a reply comes with its beginning: a body
    /// that breaks off after its header was given out is its reader's, and a reset may overtake a header.
    static func otherEnding(of operation: FaultedOperation, by fault: String) -> Ending? {
        switch (fault, operation.name) {
        case ("cut-during-reply", "GetObject") where !operation.isCollected,
            ("truncated-body", "GetObject") where !operation.isCollected:
            .failure("transport", requests: 1)
        case ("cut-during-reply", _) where !operation.hasBody: .success(requests: 2)
        default: nil
        }
    }

    @Test(arguments: FaultedOperation.reading + FaultedOperation.writing + FaultedOperation.multipart, faults)
    func ends(_ operation: FaultedOperation, _ fault: String) async throws {
        let (direct, proxy) = (try Stack.s3(), FaultProxy())
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix(operation.name) + "o")
        let upload = try await operation.prepare(direct, object)
        try await proxy.clear()
        try await proxy.arm(fault, operation: operation.name)
        let faulted = try proxy.s3()
        let failure: String?
        do {
            let eTag = try await operation.call(faulted, object, upload)
            if fault == "wrong-etag", eTag != nil { #expect(eTag == "00000000000000000000000000000bad") }
            failure = nil
        } catch {
            failure = Self.kind(of: error)
        }
        let requests = try await proxy.count(operation.name)
        let ending = failure.map { Ending.failure($0, requests: requests) } ?? .success(requests: requests)
        if ending != Self.otherEnding(of: operation, by: fault) {
            #expect(ending == Self.ending(of: operation, by: fault))
        }
        if failure == nil { try await operation.verify(direct, object, upload) }
        // The connection that the fault hit is not used for what comes next.
        _ = try await faulted.headBucket(HeadBucketRequest(object.bucket))
    }

    static func kind(of error: any Error) -> String {
        switch (error as? AWSError)?.reason {
        case .service(let service): service.code
        case .malformedResponse: "malformed"
        case .transport: "transport"
        default: error is HTTPError ? "transport" : "\(error)"
        }
    }

    @Test(arguments: FaultedOperation.reading + FaultedOperation.writing + FaultedOperation.multipart)
    func givesUpInTheEnd(_ operation: FaultedOperation) async throws {
        let proxy = FaultProxy()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix(operation.name) + "o")
        let upload = try await operation.prepare(try Stack.s3(), object)
        try await proxy.clear()
        try await proxy.arm(
            rule: #"{"operation": "\#(operation.name)", "reply": {"status": 503, "code": "SlowDown"}}"#)
        let error = await #expect(throws: AWSError.self) {
            try await operation.call(try proxy.s3(), object, upload)
        }
        #expect(error?.code == (operation.name.hasPrefix("Head") ? "ServiceUnavailable" : "SlowDown"))
        #expect(error?.isThrottling == true)
        #expect(error?.attempts == 5)
        #expect(error?.operation == operation.name)
        #expect(try await proxy.count(operation.name) == 5)
    }

    @Test func saysThatALostConditionalWriteMetItself() async throws {
        let proxy = FaultProxy()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + "o")
        try await proxy.clear()
        try await proxy.arm("lost-reply", operation: "PutObject")
        var request = PutObjectRequest(object, body: .bytes([1]))
        request.condition = .absent
        let error = await #expect(throws: AWSError.self) { try await proxy.s3().putObject(request) }
        #expect(error?.code == "PreconditionFailed")
        #expect(error?.attempts == 2)
        #expect(try await Stack.s3().read(object) == [1])
    }

    @Test func doesNotSendAStreamTwice() async throws {
        let proxy = FaultProxy()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + "o")
        try await proxy.clear()
        try await proxy.arm("internal-error", operation: "PutObject")
        let chunks = Locked([[1, 2, 3] as [UInt8]])
        let body = HTTPBody.stream(length: 3) { chunks.withLock { $0.popLast() } }
        let error = await #expect(throws: AWSError.self) {
            try await proxy.s3().putObject(PutObjectRequest(object, body: body))
        }
        #expect(error?.code == "InternalError")
        #expect(try await proxy.count("PutObject") == 1)
    }
}
