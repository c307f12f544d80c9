/// How many parts are under way at a time: it grows while more of them make it faster, and is halved when S3 objects.
///
/// A pure value: it is told what happened and when, and says how many.
struct Parallelism: Equatable {
    /// How many parts may be under way now.
    private(set) var limit: Int
    private let most: Int
    private var windowBytes = 0.0
    private var windowParts = 0
    /// How long the parts of the window took, all together.
    private var windowTime = Duration.zero
    private var bestRate = 0.0
    private var lastStruggle: Duration?

    /// How many connections to S3 a process of this size can feed; S3's own advice is one for each 85 to 90 MB/s
    /// (S3 User Guide, "Performance design patterns").
    static let ceiling = 128
    private static let start = 32

    /// Begins with the number that is wanted, and stays at or under it; with none, it begins in between and adapts.
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
        windowBytes += Double(bytes)
        windowParts += 1
        windowTime += duration
        guard windowParts >= limit else { return }
        let rate = windowBytes * Double(limit) / max(windowTime / .seconds(1), 1e-9)
        if rate > bestRate * 1.05 {
            bestRate = rate
            limit = min(most, limit + max(1, limit / 4))
        }
        (windowBytes, windowParts, windowTime) = (0, 0, .zero)
    }

    /// S3 could not or would not copy a part for now.
    ///
    /// What fails within a second of such a failure was under way already, and says nothing new.
    mutating func struggled(at time: Duration) {
        if let lastStruggle, time - lastStruggle < .seconds(1) { return }
        lastStruggle = time
        limit = max(1, limit / 2)
        bestRate = 0
        (windowBytes, windowParts, windowTime) = (0, 0, .zero)
    }
}
