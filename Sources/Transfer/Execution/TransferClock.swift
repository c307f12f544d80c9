import Glibc

/// The time, as a transfer takes it from outside, so that tests need not wait.
public struct TransferClock: Sendable {
    /// Seconds since 1970.
    public var now: @Sendable () -> Int64
    /// How long it has been since some moment in the past; it never goes back.
    public var elapsed: @Sendable () -> Duration
    /// Waits; ends early with an error when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// Makes a clock.
    public init(
        now: @escaping @Sendable () -> Int64, elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.elapsed = elapsed
        self.sleep = sleep
    }

    /// The clock of this host.
    public static var system: TransferClock {
        let start = ContinuousClock.now
        return TransferClock(
            now: { Int64(max(0, time(nil))) }, elapsed: { ContinuousClock.now - start },
            sleep: { try await Task.sleep(for: $0) })
    }
}
