/// How fast requests may go to one host: as fast as they come until it asks for fewer, then slower at once, and up
/// again little by little.
///
/// The decrease is in proportion to the share of requests that were refused, as DCTCP does it (RFC 8257, section 3.3),
/// so that a store that refuses one request in twenty is not taken for one that refuses all: from a cut of half, when
/// all are refused, to next to none. A pure value; `Pacer` has the clock and does the waiting.
struct RequestRate {
    /// Over how long the rate is measured.
    private static let window = Duration.seconds(1)
    /// How long after a decrease the next may come.
    private static let pause = Duration.milliseconds(250)
    /// Of how many requests at least the share of refusals is taken: one refusal among the few of a short time would
    /// count for many.
    private static let sample = 20
    /// What the rate gains in a second without a refusal, as a share of the rate at the first refusal.
    private static let climb = 0.1
    /// How much lateness is made up for by the next requests.
    private static let catchUp = Duration.milliseconds(50)
    /// No host is asked less often than this, in requests a second.
    private static let floor = 1.0

    typealias Instant = ContinuousClock.Instant

    /// Requests a second; `nil` while nothing was refused.
    private(set) var limit: Double?
    private var peak = 0.0
    private var changed: Instant?
    private var nextSlot: Instant?
    private var windowStart: Instant?
    private var sentInWindow = 0
    private var sentInPreviousWindow = 0
    /// Since the last decrease, or in this window.
    private var sent = 0
    private var refused = 0

    /// How long the request that is `place` requests behind the next one has to wait, as far as is known now.
    mutating func wait(at now: Instant, place: Int) -> Duration {
        guard let limit = climbed(at: now), let nextSlot else { return .zero }
        return max(nextSlot - now + .seconds(1) / limit * Double(place), .zero)
    }

    /// Notes that a request goes now.
    mutating func send(at now: Instant) {
        advance(to: now)
        sentInWindow += 1
        sent += 1
        guard let limit = climbed(at: now) else { return }
        nextSlot = max(nextSlot ?? now, now - Self.catchUp) + .seconds(1) / limit
    }

    /// Notes a reply that asks for fewer requests.
    mutating func refuse(at now: Instant) {
        advance(to: now)
        refused += 1
        if let changed, limit != nil, now - changed < Self.pause { return }
        let share = min(Double(refused) / Double(max(sent, Self.sample)), 1)
        // What is sent while there is a limit comes in bursts: measured again, it would only ever lower the limit.
        let before = climbed(at: now) ?? max(Double(sentInPreviousWindow), Double(sentInWindow), Self.floor)
        if limit == nil { peak = before }
        limit = max(before * (1 - share / 2), Self.floor)
        (changed, sent, refused) = (now, 0, 0)
    }

    /// The limit with what it has gained since it last changed; it ends when it no longer limits anything.
    private mutating func climbed(at now: Instant) -> Double? {
        guard let limit, let changed else { return nil }
        let gained = limit + max(peak * Self.climb, Self.floor) * ((now - changed) / .seconds(1))
        guard gained < 2 * peak else {
            self.limit = nil
            nextSlot = nil
            return nil
        }
        return gained
    }

    private mutating func advance(to now: Instant) {
        let elapsed = windowStart.map { now - $0 } ?? .zero
        guard windowStart == nil || elapsed >= Self.window else { return }
        (windowStart, sentInPreviousWindow, sentInWindow) = (now, elapsed < Self.window * 2 ? sentInWindow : 0, 0)
        if limit == nil { (sent, refused) = (0, 0) }
    }
}
