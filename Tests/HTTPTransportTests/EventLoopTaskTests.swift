import Glibc
import HTTPTransport
import TestSupport
import Testing

/// Tasks that run on the event loop's own thread.
@Suite struct EventLoopTaskTests {
    private var thread: pthread_t { pthread_self() }

    @Test func runsTasksAndRepliesOnOneThread() async throws {
        let server = try ScriptedServer { _ in .respond(200, body: "ok") }
        let client = try HTTPClient()
        let threads = try await client.onEventLoop {
            try await withThrowingTaskGroup(of: [pthread_t].self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let before = thread
                        _ = try await client.send(HTTPRequest(url: server.url), collectingUpTo: 2)
                        return [before, thread]
                    }
                }
                return try await group.reduce(into: Set([thread])) { $0.formUnion($1) }
            }
        }
        #expect(threads.count == 1)
        #expect(server.requests.count == 20)
    }

    @Test func takesWakeUpsFromOtherThreads() async throws {
        let client = try HTTPClient()
        let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
        let sum = Task { await client.onEventLoop { await stream.reduce(0, +) } }
        for number in 1...1_000 { continuation.yield(number) }
        continuation.finish()
        #expect(await sum.value == 500_500)
    }

    @Test func cancellationReachesARequest() async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = try ScriptedServer { _ in [.wait(gate)] }
        let client = try HTTPClient()
        let task = Task {
            try await client.onEventLoop {
                try await client.send(HTTPRequest(url: server.url), collectingUpTo: 0).status
            }
        }
        try await eventually("the request arrives") { server.requests.count == 1 }
        task.cancel()
        let result = await task.result
        let error = #expect(throws: HTTPError.self) { try result.get() }
        #expect(error?.phase == .cancelled)
    }

    @Test func endsOnAnotherThreadAfterShutdown() async throws {
        let client = try HTTPClient()
        let gate = Gate()
        let task = Task {
            await client.onEventLoop {
                await Task.detached { gate.wait() }.value
                return 1
            }
        }
        await client.shutdown()
        gate.open()
        #expect(await task.value == 1)
    }
}
