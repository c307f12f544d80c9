import HTTPTransport
import TestSupport
import Testing

/// How connections are used, shared and let go of.
@Suite struct ConnectionTests {
    @Test func keepsAConnectionAlive() async throws {
        let server = try ScriptedServer { _ in .respond(200, body: "ok") }
        let client = try HTTPClient()
        for _ in 0..<50 { _ = try await client.send(HTTPRequest(url: server.url), collectingUpTo: 2) }
        #expect(server.requests.count == 50)
        #expect(server.connections == 1)
    }

    @Test func opensNoMoreConnectionsThanAllowed() async throws {
        let gate = Gate()
        let server = try ScriptedServer { _ in [.wait(gate)] + .respond(200) }
        let client = try HTTPClient(.init(connectionsPerHost: 3))
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<40 {
                group.addTask { try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0).status }
            }
            try await eventually("three requests are under way") { server.requests.count == 3 }
            #expect(await settled { server.connections } == 3)
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 40))
        #expect(server.connections == 3)
    }

    @Test func cancellingFreesTheConnection() async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = try ScriptedServer { $0.number == 0 ? [.wait(gate)] : .respond(200) }
        let client = try HTTPClient(.init(connectionsPerHost: 1))
        let first = Task { try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0) }
        try await eventually("the request arrives") { server.requests.count == 1 }
        let start = ContinuousClock.now
        first.cancel()
        let result = await first.result
        let error = #expect(throws: HTTPError.self) { try result.get() }
        #expect(error?.phase == .cancelled)
        #expect(error?.mayHaveBeenSent == true)
        #expect(try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0).status == 200)
        #expect(ContinuousClock.now - start < .seconds(1))
    }

    @Test func cancellingAnyNumberThatWaitForAConnection() async throws {
        let gate = Gate()
        let server = try ScriptedServer { _ in [.wait(gate)] + .respond(200) }
        let client = try HTTPClient(.init(connectionsPerHost: 1))
        async let first = client.send(HTTPRequest(url: server.url), collectingUpTo: 0)
        try await eventually("the request arrives") { server.requests.count == 1 }
        let begun = Locked(0)
        let cancelled = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<30_000 {
                group.addTask {
                    begun.withLock { $0 += 1 }
                    do throws(HTTPError) {
                        return try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0).status == 0
                    } catch {
                        return error.phase == .cancelled
                    }
                }
            }
            try await eventually("all wait") { begun.withLock(\.self) == 30_000 }
            group.cancelAll()
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(cancelled == 30_000)
        gate.open()
        #expect(try await first.status == 200)
        #expect(try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0).status == 200)
        #expect(server.requests.count == 2)
    }

    @Test func cancellingWhileWaitingForAConnection() async throws {
        let gate = Gate()
        let server = try ScriptedServer { _ in [.wait(gate)] + .respond(200) }
        let client = try HTTPClient(.init(connectionsPerHost: 1))
        async let first = client.send(HTTPRequest(url: server.url), collectingUpTo: 0)
        try await eventually("the request arrives") { server.requests.count == 1 }
        let second = Task { try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0) }
        second.cancel()
        let result = await second.result
        let error = #expect(throws: HTTPError.self) { try result.get() }
        #expect(error?.phase == .cancelled)
        #expect(error?.mayHaveBeenSent == false)
        gate.open()
        #expect(try await first.status == 200)
        #expect(try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0).status == 200)
        #expect(server.requests.count == 2)
    }

    @Test func cancellingAStreamedBody() async throws {
        let server = try ScriptedServer { _ in
            [.send([UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1".utf8)), .wait(Gate())]
        }
        let client = try HTTPClient()
        let reader = Task {
            let response = try await client.stream(HTTPRequest(url: server.url))
            return try await response.body.collect(upTo: 10)
        }
        try await eventually("the body begins") { server.bytesSent > 0 }
        reader.cancel()
        let result = await reader.result
        let error = #expect(throws: HTTPError.self) { try result.get() }
        #expect(error?.phase == .cancelled)
    }

    @Test func aConnectionThatDiedWhileIdleIsReplaced() async throws {
        let server = try ScriptedServer { request in
            .respond(200) + (request.number == 0 ? [.close] : [])
        }
        let client = try HTTPClient()
        _ = try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0)
        try await eventually("the server hangs up") { server.openConnections == 0 }
        #expect(try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0).status == 200)
        #expect(server.connections == 2)
    }

    @Test func shutdownEndsWhatIsUnderWay() async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = try ScriptedServer { _ in [.wait(gate)] }
        let client = try HTTPClient(.init(connectionsPerHost: 1))
        let tasks = (0..<3).map { _ in
            Task { try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0) }
        }
        try await eventually("a request arrives") { server.requests.count == 1 }
        await client.shutdown()
        for task in tasks {
            let result = await task.result
            let error = #expect(throws: HTTPError.self) { try result.get() }
            #expect(error?.phase == .cancelled)
        }
        let late = await #expect(throws: HTTPError.self) {
            try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0)
        }
        #expect(late?.phase == .cancelled)
    }

    @Test func manyRequestsAtOnceWithSomeCancelled() async throws {
        let server = try ScriptedServer { request in .respond(200, body: request.target) }
        let client = try HTTPClient(.init(connectionsPerHost: 16))
        let tasks = (0..<300).map { number in
            Task {
                let response = try await client.send(
                    HTTPRequest(url: "\(server.url)/\(number)"), collectingUpTo: 100)
                return String(decoding: response.body, as: UTF8.self)
            }
        }
        for task in tasks.enumerated() where task.offset % 5 == 0 { task.element.cancel() }
        for (number, task) in tasks.enumerated() {
            let result = await task.result
            if let text = try? result.get() {
                #expect(text == "/\(number)")
            } else {
                #expect(number % 5 == 0)
            }
        }
    }
}
