import HTTPTransport
import Testing

@testable import AWSCore

/// Waiting for a turn, on a clock that moves only while someone waits.
@Suite struct PacerTests {
    private final class FakeTime: Sendable {
        private let start = ContinuousClock.now
        private let passed = Locked(Duration.zero)
        var elapsed: Duration { passed.withLock { $0 } }
        func pass(_ duration: Duration) { passed.withLock { $0 += duration } }

        var timing: Timing {
            Timing(
                now: { self.start + self.elapsed }, date: { 0 },
                sleep: { duration in
                    try Task.checkCancellation()
                    self.pass(duration)
                }, random: { 1 })
        }
    }

    @Test func doesNotWaitUntilTheHostRefuses() async throws {
        let time = FakeTime()
        let pacer = Pacer(time.timing)
        for _ in 0..<1_000 { try await pacer.turn(at: "host") }
        #expect(time.elapsed == .zero)
    }

    @Test func slowsOnlyTheHostThatRefuses() async throws {
        let time = FakeTime()
        let pacer = Pacer(time.timing)
        for _ in 0..<100 { try await pacer.turn(at: "busy") }
        for _ in 0..<100 { pacer.refuse(at: "busy") }
        for _ in 0..<51 { try await pacer.turn(at: "busy") }
        #expect(time.elapsed > .milliseconds(400))
        let before = time.elapsed
        for _ in 0..<1_000 { try await pacer.turn(at: "idle") }
        #expect(time.elapsed == before)
    }

    @Test func cancellationGivesTheTurnToTheNext() async throws {
        let time = FakeTime()
        let pacer = Pacer(time.timing)
        try await pacer.turn(at: "host")
        pacer.refuse(at: "host")
        try await pacer.turn(at: "host")
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await pacer.turn(at: "host")
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let before = time.elapsed
        try await pacer.turn(at: "host")
        #expect(time.elapsed - before <= .seconds(1))
    }
}
