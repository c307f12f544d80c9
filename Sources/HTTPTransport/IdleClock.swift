/// When something last moved on a connection.
struct IdleClock {
    private var bytes: Int64 = -1
    private var since = ContinuousClock.now

    /// How long nothing has moved, given the bytes counted so far and whether the caller held things up.
    mutating func idleTime(bytes now: Int64, waitsForCaller: Bool, at instant: ContinuousClock.Instant) -> Duration {
        if now != bytes || waitsForCaller {
            bytes = now
            since = instant
        }
        return instant - since
    }
}
