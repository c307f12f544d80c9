import HTTPTransport
import TestSupport
import Testing

@testable import AWSCore

/// How requests are sent again, against a server that follows a script.
@Suite struct AWSClientTests {
    /// A clock that moves only when someone waits, and remembers the waits.
    final class Waits: Sendable {
        private let state = Locked<[Duration]>([])
        private let start = ContinuousClock.now
        var all: [Duration] { state.withLock { $0 } }

        func timing(random: Double = 1) -> Timing {
            Timing(
                now: { self.start + self.all.reduce(.zero, +) }, date: { 1_700_000_000 },
                sleep: { wait in
                    try Task.checkCancellation()
                    self.state.withLock { $0.append(wait) }
                }, random: { random })
        }
    }

    static func client(
        _ waits: Waits, attempts: Int = 5, credentials: (any CredentialProvider)? = nil,
        log: (@Sendable (String) -> Void)? = nil
    ) throws -> AWSClient {
        AWSClient(
            configuration: try .resolve(environment: [:]), credentials: credentials, transport: try HTTPClient(),
            policy: RetryPolicy(maxAttempts: attempts), timing: waits.timing(), log: log)
    }

    static func request(_ server: ScriptedServer, method: String = "GET", body: HTTPBody = .empty) -> AWSRequest {
        var request = AWSRequest(
            operation: "Operation", service: .s3, region: "us-east-1",
            endpoint: Endpoint(scheme: "http", authority: "127.0.0.1:\(server.port)", isCustom: true), method: method,
            path: "/bucket/key", body: body, subject: "s3://bucket/key")
        // On a machine that is busy with other tests, five seconds are not long.
        request.deadlines.connect = .seconds(60)
        return request
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var first: [ScriptedServer.Action]
        var mayFailInside200 = false
        var isRepeatable = true
        var retries: Bool
    }

    static let error = "<Error><Code>SlowDown</Code><Message>m</Message></Error>"

    @Test(arguments: [
        Row(testDescription: "503", first: .respond(503, body: error), retries: true),
        Row(testDescription: "500 without a body", first: .respond(500), retries: true),
        Row(testDescription: "429", first: .respond(429), retries: true),
        Row(
            testDescription: "RequestTimeout of status 400",
            first: .respond(400, body: "<Error><Code>RequestTimeout</Code></Error>"), retries: true),
        Row(testDescription: "404", first: .respond(404), retries: false),
        Row(testDescription: "403", first: .respond(403), retries: false),
        Row(testDescription: "501", first: .respond(501), retries: false),
        Row(testDescription: "cut connection", first: [.close], retries: true),
        Row(testDescription: "reset connection", first: [.reset], retries: true),
        Row(
            testDescription: "error inside 200", first: .respond(200, body: " \n<?xml version=\"1.0\"?>\n" + error),
            mayFailInside200: true, retries: true),
        Row(
            testDescription: "final error inside 200",
            first: .respond(200, body: "<Error><Code>NoSuchKey</Code></Error>"), mayFailInside200: true, retries: false),
        Row(testDescription: "not repeatable, throttled", first: .respond(429), isRepeatable: false, retries: true),
        Row(testDescription: "not repeatable, 500", first: .respond(500), isRepeatable: false, retries: false),
        Row(testDescription: "not repeatable, cut", first: [.close], isRepeatable: false, retries: false),
    ])
    func triesAgainWhatMaySucceed(row: Row) async throws {
        let server = try ScriptedServer { $0.number == 0 ? row.first : .respond(200, body: "done") }
        var request = Self.request(server, method: "PUT", body: .bytes([1]))
        (request.mayFailInside200, request.isRepeatable) = (row.mayFailInside200, row.isRepeatable)
        let client = try Self.client(Waits())
        if row.retries {
            #expect(try await client.send(request).body == Array("done".utf8))
            #expect(client.metrics.retries == 1)
        } else {
            let error = await #expect(throws: AWSError.self) { try await client.send(request) }
            #expect(error?.attempts == 1)
        }
        #expect(server.requests.count == (row.retries ? 2 : 1))
        #expect(client.metrics.total == server.requests.count)
    }

    @Test func givesUpAfterItsAttempts() async throws {
        let server = try ScriptedServer { _ in
            .respond(503, ["x-amz-request-id": "R1", "x-amz-id-2": "H2"], body: Self.error)
        }
        let waits = Waits()
        let client = try Self.client(waits, attempts: 4)
        let error = await #expect(throws: AWSError.self) { try await client.send(Self.request(server)) }
        #expect(server.requests.count == 4)
        #expect(error?.attempts == 4 && error?.isThrottling == true && error?.isTransient == true)
        let text = try #require(error?.description)
        #expect(text.hasPrefix("Operation s3://bucket/key: SlowDown: m (HTTP 503, request id R1, host id H2) (after 4"))
        #expect(client.metrics.throttles == 4)
        #expect(waits.all.contains(.milliseconds(500)) && waits.all.contains(.seconds(2)))
    }

    @Test func neverSendsAStreamedBodyAgain() async throws {
        let server = try ScriptedServer { _ in .respond(503) }
        let once = Locked(false)
        let body = HTTPBody.stream(length: 3) {
            once.withLock { isDone in
                defer { isDone = true }
                return isDone ? nil : [1, 2, 3]
            }
        }
        let client = try Self.client(Waits())
        await #expect(throws: AWSError.self) { try await client.send(Self.request(server, method: "PUT", body: body)) }
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [
        ("Retry-After", "7", 7.0), ("Retry-After", "Tue, 14 Nov 2023 22:13:31 GMT", 11), ("Retry-After", "9999", 20),
        ("x-amz-retry-after", "1500", 1.5), ("Retry-After", "nonsense", 0.1), ("Retry-After", "-3", 0.1),
    ])
    func waitsAsLongAsTheServerAsks(_ field: String, _ value: String, _ seconds: Double) async throws {
        let server = try ScriptedServer { request in
            var headers = HTTPHeaders()
            headers.add(field, value)
            return request.number == 0 ? .respond(500, headers) : .respond(200)
        }
        let waits = Waits()
        _ = try await Self.client(waits).send(Self.request(server))
        #expect(waits.all == [.seconds(seconds)])
    }

    @Test func countsBytes() async throws {
        let server = try ScriptedServer { _ in .respond(200, body: "12345") }
        let client = try Self.client(Waits())
        _ = try await client.send(Self.request(server, method: "PUT", body: .bytes([1, 2, 3])))
        _ = try await client.stream(Self.request(server)).body.collect(upTo: 5)
        #expect(client.metrics.bytesSent == 3)
        #expect(client.metrics.bytesReceived == 10)
    }

    @Test func spendsNoMoreThanItsBudget() async throws {
        let server = try ScriptedServer { _ in .respond(500) }
        let client = try Self.client(Waits(), attempts: 1_000)
        await #expect(throws: AWSError.self) { try await client.send(Self.request(server)) }
        #expect(server.requests.count == 1 + RetryBudget.capacity / 5)
    }

    @Test func correctsItsClockByTheReply() async throws {
        let server = try ScriptedServer { request in
            request.number == 0
                ? .respond(
                    403, ["Date": "Tue, 14 Nov 2023 23:13:20 GMT"],
                    body: "<Error><Code>RequestTimeTooSkewed</Code></Error>")
                : .respond(200)
        }
        let waits = Waits()
        let client = try Self.client(waits)
        _ = try await client.send(Self.request(server))
        _ = try await client.send(Self.request(server))
        #expect(server.requests.count == 3)
        #expect(waits.all.isEmpty)
    }

    @Test func correctsItsClockByAReplyWithoutABody() async throws {
        let server = try ScriptedServer { request in
            let isLate = request.headers["x-amz-date"] == "20231114T221320Z"
            return isLate ? .respond(403, ["Date": "Tue, 14 Nov 2023 23:13:20 GMT"]) : .respond(200)
        }
        let client = try Self.client(Waits(), credentials: CountingProvider())
        _ = try await client.send(Self.request(server, method: "HEAD"))
        #expect(server.requests.map { $0.headers["x-amz-date"] } == ["20231114T221320Z", "20231114T231320Z"])
    }

    @Test func doesNotBlameAClockThatIsRight() async throws {
        let server = try ScriptedServer { _ in .respond(403, ["Date": "Tue, 14 Nov 2023 22:13:50 GMT"]) }
        let client = try Self.client(Waits(), credentials: CountingProvider())
        await #expect(throws: AWSError.self) { try await client.send(Self.request(server, method: "HEAD")) }
        #expect(server.requests.count == 1)
    }

    @Test func asksForNewCredentialsOnce() async throws {
        let provider = CountingProvider()
        let server = try ScriptedServer { _ in .respond(400, body: "<Error><Code>ExpiredToken</Code></Error>") }
        let client = try Self.client(Waits(), credentials: provider)
        let error = await #expect(throws: AWSError.self) { try await client.send(Self.request(server)) }
        #expect(error?.code == "ExpiredToken")
        #expect(server.requests.count == 2)
        #expect(provider.invalidated == 1)
    }

    @Test func cancellationEndsAWait() async throws {
        let server = try ScriptedServer { _ in .respond(500) }
        let client = AWSClient(
            configuration: try .resolve(environment: [:]), credentials: nil, transport: try HTTPClient(),
            policy: RetryPolicy(maxAttempts: 3),
            timing: Timing(
                now: { .now }, date: { 0 }, sleep: { _ in try await Task.sleep(for: .seconds(3600)) }, random: { 1 }))
        let task = Task { try await client.send(Self.request(server)) }
        try await eventually("a request has come") { !server.requests.isEmpty }
        task.cancel()
        let result = await task.result
        let error = #expect(throws: AWSError.self) { try result.get() }
        #expect(error?.isCancellation == true)
    }

    @Test func countsTheRequestsOfOneTask() async throws {
        let server = try ScriptedServer { $0.number == 1 ? .respond(500) : .respond(200) }
        let client = try Self.client(Waits())
        let counter = RequestCounter()
        _ = try await client.send(Self.request(server))
        try await counter.counting {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { _ = try await client.send(Self.request(server)) } }
                try await group.waitForAll()
            }
        }
        #expect(counter.count == 4)
        #expect(client.metrics.requests == ["Operation": 5])
    }

    final class CountingProvider: CredentialProvider {
        private let count = Locked(0)
        var invalidated: Int { count.withLock { $0 } }
        func credentials() async throws(CredentialError) -> AWSCredentials {
            AWSCredentials(accessKeyId: "AKID", secretAccessKey: "secret")
        }
        func invalidate(_ refused: AWSCredentials) { count.withLock { $0 += 1 } }
    }
}
