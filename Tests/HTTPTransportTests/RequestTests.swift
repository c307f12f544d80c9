import HTTPTransport
import TestSupport
import Testing

/// What reaches the server.
@Suite struct RequestTests {
    @Test(arguments: ["GET", "HEAD", "PUT", "POST", "DELETE"])
    func sendsMethodTargetAndHeadersAsTheyAre(method: String) async throws {
        let server = try ScriptedServer { _ in .respond(200) }
        let client = try HTTPClient()
        let target = "/bucket/a/../b//c%2Fd/.?uploads=&x=%20"
        _ = try await client.send(
            HTTPRequest(method: method, url: server.url + target, headers: ["X-One": "1", "X-Empty": ""]),
            collectingUpTo: 0)
        let request = try #require(server.requests.first)
        #expect(request.method == method)
        #expect(request.target == target)
        #expect(request.headers["x-one"] == "1")
        #expect(request.headers["x-empty"] == "")
        #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
        #expect(request.headers["accept"] == nil && request.headers["expect"] == nil)
        #expect(request.headers["content-type"] == nil)
        #expect(request.headers["content-length"] == (method == "PUT" || method == "POST" ? "0" : nil))
    }

    @Test func sendsABodyFromMemory() async throws {
        let server = try ScriptedServer { _ in .respond(200) }
        let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let client = try HTTPClient()
        _ = try await client.send(
            HTTPRequest(method: "PUT", url: server.url, headers: ["Content-Type": "a/b"], body: .bytes(body)),
            collectingUpTo: 0)
        #expect(server.requests.first?.body == body)
        #expect(server.requests.first?.headers["content-type"] == "a/b")
    }

    @Test(arguments: [Int64(300_000), nil])
    func streamsABody(length: Int64?) async throws {
        let server = try ScriptedServer { _ in .respond(200) }
        let chunks = ChunkSource(count: 3, size: 100_000)
        let client = try HTTPClient()
        _ = try await client.send(
            HTTPRequest(method: "PUT", url: server.url, body: .stream(length: length, next: chunks.next)),
            collectingUpTo: 0)
        #expect(server.requests.first?.body == chunks.whole)
        #expect(server.requests.first?.headers["transfer-encoding"] == (length == nil ? "chunked" : nil))
    }

    @Test(arguments: [(Int64(299_999), "longer"), (300_001, "ended after 300000")])
    func refusesAStreamOfAnotherLengthThanAnnounced(length: Int64, says: String) async throws {
        let server = try ScriptedServer { _ in .respond(200) }
        let chunks = ChunkSource(count: 3, size: 100_000)
        let client = try HTTPClient()
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(
                HTTPRequest(method: "PUT", url: server.url, body: .stream(length: length, next: chunks.next)),
                collectingUpTo: 0)
        }
        #expect(error?.phase == .send)
        #expect(error?.message.contains(says) == true)
    }

    @Test func saysWhyABodyCouldNotBeRead() async throws {
        struct Broken: Error {}
        let server = try ScriptedServer { _ in .respond(200) }
        let client = try HTTPClient()
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(
                HTTPRequest(method: "PUT", url: server.url, body: .stream(length: nil) { throw Broken() }),
                collectingUpTo: 0)
        }
        #expect(error?.phase == .send)
        #expect(error?.message.contains("Broken") == true)
    }

    @Test func asksAStreamForNoMoreThanTheSocketTakes() async throws {
        let gate = Gate()
        let server = try ScriptedServer(hold: { _, _ in gate }, script: { _ in .respond(200) })
        let chunks = ChunkSource(count: 64, size: 1 << 20)
        let client = try HTTPClient()
        async let response = client.send(
            HTTPRequest(method: "PUT", url: server.url, body: .stream(length: 64 << 20, next: chunks.next)),
            collectingUpTo: 0)
        let asked = await settled { chunks.given }
        #expect(asked < 32, "the sockets' buffers hold a few MiB, not \(asked)")
        gate.open()
        #expect(try await response.status == 200)
        #expect(server.requests.first?.body.count == 64 << 20)
    }

    @Test(arguments: [
        ("not a URL", HTTPRequest(url: "http://")),
        ("another scheme", HTTPRequest(url: "file:///etc/passwd")),
        ("a header that would be two", HTTPRequest(url: "http://127.0.0.1:1", headers: ["a": "b\r\nc: d"])),
        ("a header without a name", HTTPRequest(url: "http://127.0.0.1:1", headers: ["": "b"])),
        ("a header with a NUL", HTTPRequest(url: "http://127.0.0.1:1", headers: ["a": "b\0c"])),
    ])
    func refusesWhatIsMalformed(name: String, request: HTTPRequest) async throws {
        let client = try HTTPClient()
        let error = await #expect(throws: HTTPError.self) { try await client.send(request, collectingUpTo: 0) }
        #expect(error?.phase == .request)
        #expect(error?.mayHaveBeenSent == false)
    }
}
