/// How many parts are under way at a time: it is doubled as long as that makes them faster, and halved when S3 objects.
///
/// A pure value: it is told what happened and when, and says how many. A small server does as many parts a second four
/// at a time as thirty-two, and is only made to swap between them; S3 does each as fast, however many there are.
struct Parallelism: Equatable {
    /// How many parts may be under way now.
    private(set) var limit: Int
    private let most: Int
    private var window = Window()
    /// The bytes a second of the last window under the limit that is kept.
    private var bestRate = 0.0
    /// The limit to go back to when the present one, which is being tried, gains too little.
    private var fallback: Int?
    /// How many windows are still to pass before more is tried again.
    private var held = 0
    private var lastStruggle: Duration?

    /// How many connections to S3 a process of this size can feed; S3's own advice is one for each 85 to 90 MB/s
    /// (S3 User Guide, "Performance design patterns").
    static let ceiling = 128
    private static let start = 4
    /// The share of what was added that the rate must gain for it to be kept.
    private static let worthwhileGain = 0.2
    private static let windowsHeld = 8

    /// What has ended since the limit was set.
    private struct Window: Equatable {
        /// How many parts are still to end that were begun under another limit, and say nothing of this one.
        var stale = 0
        var bytes = 0.0
        var parts = 0
        /// How long the parts took, all together.
        var time = Duration.zero
    }

    /// Begins with the number that is wanted, and stays at or under it; with none, it begins with a few and adapts.
    init(wanted: Int?, parts: Int) {
        most = max(1, min(wanted ?? Self.ceiling, parts))
        limit = max(1, min(most, wanted ?? Self.start))
    }

    /// A part was copied.
    ///
    /// - Parameters:
    ///   - bytes: Its size.
    ///   - duration: How long it took. The rate is what so many parts at a time come to, by how long one takes: parts
    ///     that are begun together end together, so that counting what ends in a while says little.
    mutating func succeeded(bytes: Int64, after duration: Duration) {
        guard window.stale == 0 else {
            window.stale -= 1
            return
        }
        window.bytes += Double(bytes)
        window.parts += 1
        window.time += duration
        guard window.parts >= limit else { return }
        let rate = window.bytes * Double(limit) / max(window.time / .seconds(1), 1e-9)
        window = Window()
        judge(rate)
    }

    private mutating func judge(_ rate: Double) {
        if let fallback {
            self.fallback = nil
            let added = Double(limit) / Double(fallback) - 1
            if rate < bestRate * (1 + Self.worthwhileGain * added) {
                window.stale = limit
                limit = fallback
                held = Self.windowsHeld
                return
            }
        }
        bestRate = rate
        guard held == 0 else {
            held -= 1
            return
        }
        guard limit < most else { return }
        fallback = limit
        window.stale = limit
        limit = min(most, limit * 2)
    }

    /// S3 could not or would not copy a part for now.
    ///
    /// What fails within a second of such a failure was under way already, and says nothing new.
    mutating func struggled(at time: Duration) {
        if let lastStruggle, time - lastStruggle < .seconds(1) { return }
        lastStruggle = time
        limit = max(1, limit / 2)
        fallback = nil
        window = Window()
    }
}
