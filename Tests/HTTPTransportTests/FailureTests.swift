import HTTPTransport
import TestSupport
import Testing

/// Which phase failed, and whether the server may have acted.
@Suite struct FailureTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var actions: [ScriptedServer.Action]
    }

    @Test(arguments: [
        Row(testDescription: "closed before the reply", actions: [.close]),
        Row(testDescription: "reset before the reply", actions: [.reset]),
        Row(
            testDescription: "cut within the header",
            actions: [.send([UInt8]("HTTP/1.1 200 OK\r\nConte".utf8)), .close]),
        Row(
            testDescription: "cut within the body",
            actions: [.send([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123".utf8)), .close]),
        Row(
            testDescription: "cut within a chunk",
            actions: [.send([UInt8]("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12".utf8)), .close]),
        Row(testDescription: "not HTTP", actions: [.send([UInt8]("220 smtp\r\n".utf8)), .close]),
    ])
    func failsWhileReceiving(row: Row) async throws {
        let server = try ScriptedServer { _ in row.actions }
        let client = try HTTPClient()
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(method: "PUT", url: server.url), collectingUpTo: 100)
        }
        #expect(error?.phase == .receive)
        #expect(error?.mayHaveBeenSent == true)
    }

    @Test(arguments: [("GET", HTTPBody.empty), ("POST", .empty), ("PUT", .bytes([1])), ("DELETE", .empty)])
    func sendsNothingTwice(method: String, body: HTTPBody) async throws {
        let server = try ScriptedServer { $0.number == 0 ? .respond(200) : [.close] }
        let client = try HTTPClient(.init(connectionsPerHost: 1))
        _ = try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0)
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(method: method, url: server.url, body: body), collectingUpTo: 0)
        }
        #expect(error?.phase == .receive)
        #expect(error?.mayHaveBeenSent == true)
        #expect(server.requests.map(\.method) == ["GET", method])
        #expect(server.requests.map(\.connection) == [0, 0])
    }

    @Test(arguments: ["GET", "DELETE", "PUT", "POST"])
    func keepsTheMethodOfARequestWithABody(method: String) async throws {
        let server = try ScriptedServer { _ in .respond(200) }
        _ = try await HTTPClient().send(
            HTTPRequest(method: method, url: server.url, body: .bytes([1])), collectingUpTo: 0)
        #expect(server.requests.map(\.method) == [method])
        #expect(server.requests.map(\.body) == [[1]])
    }

    @Test func failsWhileConnecting() async throws {
        let client = try HTTPClient()
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(url: "http://127.0.0.1:1"), collectingUpTo: 0)
        }
        #expect(error?.phase == .connect)
        #expect(error?.mayHaveBeenSent == false)
        #expect(error?.message.contains("127.0.0.1") == true)
    }

    @Test func failsToResolve() async throws {
        let client = try HTTPClient()
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(url: "http://no-such-host.invalid/"), collectingUpTo: 0)
        }
        #expect(error?.phase == .resolve)
        #expect(error?.mayHaveBeenSent == false)
    }

    @Test func worksOnAfterAFailure() async throws {
        let server = try ScriptedServer { $0.number == 0 ? [.close] : .respond(200) }
        let client = try HTTPClient(.init(connectionsPerHost: 1))
        for url in ["http://no-such-host.invalid/", "http://127.0.0.1:1/", server.url] {
            await #expect(throws: HTTPError.self) { try await client.send(HTTPRequest(url: url), collectingUpTo: 0) }
        }
        #expect(try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0).status == 200)
    }

    @Test func endsWhenNothingMoves() async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = try ScriptedServer { _ in [.wait(gate)] }
        let client = try HTTPClient()
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(
                HTTPRequest(url: server.url, deadlines: .init(idle: .milliseconds(200))), collectingUpTo: 0)
        }
        #expect(error?.phase == .time)
        #expect(error?.mayHaveBeenSent == true)
    }

    @Test func endsWhenItTakesTooLongAltogether() async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = try ScriptedServer { _ in [.send([UInt8]("HTTP/1.1 200 OK\r\n".utf8)), .wait(gate)] }
        let client = try HTTPClient()
        let error = await #expect(throws: HTTPError.self) {
            try await client.send(
                HTTPRequest(url: server.url, deadlines: .init(idle: nil, total: .milliseconds(200))), collectingUpTo: 0)
        }
        #expect(error?.phase == .time)
    }

    @Test func isNotIdleWhileTheReaderIsSlow() async throws {
        let total = 16 << 20
        let server = try ScriptedServer { _ in
            [.send([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n".utf8)), .flood(total)]
        }
        let client = try HTTPClient()
        let response = try await client.stream(
            HTTPRequest(url: server.url, deadlines: .init(idle: .milliseconds(100))))
        _ = await settled { server.bytesSent }
        var received = 0
        for try await chunk in response.body { received += chunk.count }
        #expect(received == total)
    }
}
