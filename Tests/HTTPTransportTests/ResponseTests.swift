import HTTPTransport
import TestSupport
import Testing

/// What comes back from the server.
@Suite struct ResponseTests {
    @Test func givesEveryHeaderField() async throws {
        let server = try ScriptedServer { _ in
            .respond(206, ["X-Twice": "a", "x-twice": "b", "ETag": "\"e\"", "X-Empty": "", "X-Blanks": "  c d  "])
        }
        let client = try HTTPClient()
        let response = try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0)
        #expect(response.status == 206)
        #expect(response.headers.all("X-Twice") == ["a", "b"])
        #expect(response.headers["etag"] == "\"e\"")
        #expect(response.headers["x-empty"] == "")
        #expect(response.headers["x-blanks"] == "c d")
    }

    @Test func keepsHeaderBytesThatAreNotUTF8() async throws {
        let head =
            [UInt8]("HTTP/1.1 200 OK\r\nx-amz-meta-a: ".utf8) + [0xE9] + [UInt8]("\r\nContent-Length: 0\r\n\r\n".utf8)
        let server = try ScriptedServer { _ in [.send(head)] }
        let client = try HTTPClient()
        let response = try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0)
        #expect(response.headers["x-amz-meta-a"] == "\u{E9}")
    }

    @Test func passesOverInterimResponses() async throws {
        let server = try ScriptedServer { _ in
            [.send([UInt8]("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n".utf8))] + .respond(200, body: "done")
        }
        let client = try HTTPClient()
        let response = try await client.send(HTTPRequest(url: server.url), collectingUpTo: 4)
        #expect(response.status == 200)
        #expect(response.headers["x-interim"] == nil)
        #expect(String(decoding: response.body, as: UTF8.self) == "done")
    }

    @Test func holdsNoMoreThanItsLimit() async throws {
        let server = try ScriptedServer { _ in .respond(200, body: "12345") }
        let client = try HTTPClient()
        #expect(try await client.send(HTTPRequest(url: server.url), collectingUpTo: 5).body.count == 5)
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(url: server.url), collectingUpTo: 4)
        }
        #expect(error?.phase == .limit)
        let streamed = try await client.stream(HTTPRequest(url: server.url))
        let streamError = await #expect(throws: HTTPError.self) { try await streamed.body.collect(upTo: 4) }
        #expect(streamError?.phase == .limit)
    }

    @Test func refusesAnEndlessHeader() async throws {
        let lines = [UInt8]("X-Long: \(String(repeating: "a", count: 8000))\r\n".utf8)
        let server = try ScriptedServer { _ in
            [.send([UInt8]("HTTP/1.1 200 OK\r\n".utf8))] + Array(repeating: .send(lines), count: 100)
        }
        let client = try HTTPClient()
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0)
        }
        #expect(error?.phase == .limit)
    }

    @Test func streamsABodyInOrder() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let server = try ScriptedServer { _ in .respond(200, bytes: body) }
        let client = try HTTPClient()
        let response = try await client.stream(HTTPRequest(url: server.url))
        var received: [UInt8] = []
        for try await chunk in response.body { received += chunk }
        #expect(received == body)
    }

    @Test func leavesTheSocketAloneWhileTheReaderIsSlow() async throws {
        let total = 256 << 20
        let server = try ScriptedServer { _ in
            [.send([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n".utf8)), .flood(total)]
        }
        let client = try HTTPClient()
        let response = try await client.stream(HTTPRequest(url: server.url))
        let sent = await settled { server.bytesSent }
        #expect(sent < 32 << 20, "the sockets' buffers hold a few MiB, not \(sent >> 20)")
        var received = 0
        for try await chunk in response.body { received += chunk.count }
        #expect(received == total)
    }

    @Test func endsTheConnectionOfABodyThatNoOneReads() async throws {
        let server = try ScriptedServer { _ in
            [.send([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: \(1 << 30)\r\n\r\n".utf8)), .flood(1 << 30)]
        }
        let client = try HTTPClient()
        var response: HTTPResponse? = try await client.stream(HTTPRequest(url: server.url))
        #expect(response?.status == 200)
        response = nil
        try await eventually("the connection stays open") { server.openConnections == 0 }
    }
}
