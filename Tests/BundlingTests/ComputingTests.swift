import Glibc
import HTTPTransport
import Testing

@testable import Bundling

@Suite struct ComputingTests {
    private var thread: pthread_t { pthread_self() }

    @Test(arguments: [("short", 512 << 10, true), ("long", 512 << 10 + 1, false)])
    func whatTakesLongLeavesTheEventLoopAndComesBack(_ row: (label: String, count: Int, stays: Bool)) async throws {
        let client = try HTTPClient()
        let threads = await withTaskExecutorPreference(client.eventLoop) {
            let before = thread
            let within = await computing(on: row.count) { thread }
            return [before, within, thread]
        }
        #expect(threads[0] == threads[2], "\(row.label)")
        #expect((threads[0] == threads[1]) == row.stays, "\(row.label)")
        await client.shutdown()
    }
}
