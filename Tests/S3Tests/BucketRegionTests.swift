import AWSCore
import HTTPTransport
import TestSupport
import Testing

@testable import S3

/// How the region of a bucket is found.
@Suite struct BucketRegionTests {
    static let failure = AWSError(.malformedResponse("no"), operation: "HeadBucket", subject: "s3://b", attempts: 1)

    @Test func asksOnceForAllThatWait() async throws {
        let (asked, gate) = (Locked(0), AsyncGate())
        let regions = BucketRegions { bucket throws(AWSError) in
            asked.withLock { $0 += 1 }
            await gate.passed()
            return "of-\(bucket)"
        }
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<100 { group.addTask { try await regions.region(of: "b") } }
            gate.open()
            for try await region in group { #expect(region == "of-b") }
        }
        #expect(try await regions.region(of: "b") == "of-b")
        #expect(asked.withLock { $0 } == 1)
        #expect(try await regions.region(of: "c") == "of-c")
        #expect(asked.withLock { $0 } == 2)
    }

    @Test func oneThatStopsWaitingStopsNoOther() async throws {
        let (asked, gate) = (Locked(0), AsyncGate())
        let regions = BucketRegions { _ throws(AWSError) in
            asked.withLock { $0 += 1 }
            await gate.passed()
            return Task.isCancelled ? "cancelled" : "r"
        }
        let impatient = Task { try await regions.region(of: "b") }
        let patient = Task { try await regions.region(of: "b") }
        impatient.cancel()
        let error = await #expect(throws: AWSError.self) { try await impatient.value }
        #expect(error?.isCancellation == true)
        gate.open()
        #expect(try await patient.value == "r")
        #expect(asked.withLock { $0 } == 1)
    }

    @Test func asksAgainAfterAFailure() async throws {
        let asked = Locked(0)
        let regions = BucketRegions { _ throws(AWSError) in
            let number = asked.withLock { count in
                count += 1
                return count
            }
            if number == 1 { throw Self.failure }
            return number == 2 ? nil : "r"
        }
        await #expect(throws: AWSError.self) { try await regions.region(of: "b") }
        #expect(try await regions.region(of: "b") == nil)
        #expect(try await regions.region(of: "b") == "r")
        #expect(try await regions.region(of: "b") == "r")
        #expect(asked.withLock { $0 } == 3)
    }

    static let redirects: [(String, [ScriptedServer.Action])] = [
        (
            "301 with a header field",
            .respond(301, ["x-amz-bucket-region": "eu-north-1"], body: "<Error><Code>PermanentRedirect</Code></Error>")
        ),
        (
            "400 with an element",
            .respond(
                400,
                body: "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-north-1</Region></Error>")
        ),
    ]

    @Test(arguments: redirects)
    func goesToTheRegionThatTheReplyNames(_ label: String, _ refusal: [ScriptedServer.Action]) async throws {
        let server = try ScriptedServer { request in
            request.headers["Authorization"]?.contains("/eu-north-1/s3/") == true ? .respond(204) : refusal
        }
        let s3 = try Self.client(of: server)
        for _ in 0..<2 {
            try await s3.abortMultipartUpload(.init(ObjectReference(bucket: "b", key: "k"), uploadId: "u"))
        }
        #expect(server.requests.count == 3, "what was learnt is kept")
        #expect(try await s3.bucketRegion("b") == "eu-north-1")
    }

    @Test func followsNoCircle() async throws {
        let server = try ScriptedServer { request in
            let isHere = request.headers["Authorization"]?.contains("/us-east-1/") == true
            return .respond(301, ["x-amz-bucket-region": isHere ? "eu-north-1" : "us-east-1"])
        }
        let s3 = try Self.client(of: server)
        let error = await #expect(throws: AWSError.self) {
            try await s3.abortMultipartUpload(.init(ObjectReference(bucket: "b", key: "k"), uploadId: "u"))
        }
        #expect(error?.code == "PermanentRedirect")
        #expect(server.requests.count == 2)
    }

    static func client(of server: ScriptedServer) throws -> S3Client {
        let credentials = StaticCredentialProvider(AWSCredentials(accessKeyId: "a", secretAccessKey: "s"))
        let configuration = try AWSConfiguration.resolve(environment: [
            "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": server.url,
        ])
        return S3Client(AWSClient(configuration: configuration, credentials: credentials, transport: try HTTPClient()))
    }
}

/// A gate that tasks wait at without holding a thread.
final class AsyncGate: Sendable {
    private let (stream, continuation) = AsyncStream<Void>.makeStream()

    func passed() async { for await _ in stream { return } }

    func open() { continuation.finish() }
}
