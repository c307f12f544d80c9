import Glibc

/// Clocks, waiting and chance, so that a test can have its own.
public struct Timing: Sendable {
    /// A clock that never goes back, for waits.
    public var now: @Sendable () -> ContinuousClock.Instant
    /// Seconds since 1970, for signatures.
    public var date: @Sendable () -> Int64
    /// Waits; throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// A number from 0 to 1.
    public var random: @Sendable () -> Double

    /// Makes a timing of its parts.
    public init(
        now: @escaping @Sendable () -> ContinuousClock.Instant, date: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double
    ) {
        (self.now, self.date, self.sleep, self.random) = (now, date, sleep, random)
    }

    /// The machine's clocks.
    public static let system = Timing(
        now: { .now }, date: { Int64(time(nil)) }, sleep: { try await Task.sleep(for: $0) },
        random: { Double.random(in: 0...1) })
}
