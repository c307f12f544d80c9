internal import Manifests

/// When collected objects are enough for a bundle: what comes first counts.
public struct BundleLimits: Sendable, Equatable {
    /// So many objects; never more.
    public var count = 10_000
    /// So many bytes; never more, except for one object alone.
    public var bytes: Int64 = 1 << 30
    /// So long after the first one came.
    public var age = Duration.seconds(300)
    /// How many objects are held in all; then the largest lot goes, however small.
    public var held = 50_000

    /// Makes the default limits.
    public init() {}
}

/// Collects single objects until they are enough for a bundle. It reads no clock, and holds no more than its limits.
struct Collector: Sendable {
    /// Objects of one lot that go into one bundle.
    struct Collected: Sendable, Equatable {
        var lot: Lot
        var tasks: [QueuedTask] = []
        var bytes: Int64 = 0
        var since: ContinuousClock.Instant
    }

    private(set) var held = 0
    private let limits: BundleLimits
    private var open: [Lot: Collected] = [:]

    init(_ limits: BundleLimits) { self.limits = limits }

    /// Takes an object.
    ///
    /// - Returns: What is full by it.
    mutating func add(_ task: QueuedTask, to lot: Lot, at now: ContinuousClock.Instant) -> [Collected] {
        var full: [Collected] = []
        let size = max(0, task.row.size ?? 0)
        if let there = open[lot], size > limits.bytes - there.bytes { full.append(take(lot)) }
        var collected = open[lot] ?? Collected(lot: lot, since: now)
        collected.tasks.append(task)
        collected.bytes += min(size, limits.bytes)
        open[lot] = collected
        held += 1
        if collected.tasks.count >= limits.count || collected.bytes >= limits.bytes { full.append(take(lot)) }
        if held >= limits.held, let largest = open.values.max(by: { $0.tasks.count < $1.tasks.count }) {
            full.append(take(largest.lot))
        }
        return full
    }

    /// What has waited long enough.
    mutating func takeDue(at now: ContinuousClock.Instant) -> [Collected] {
        open.values.filter { now - $0.since >= limits.age }.sorted { $0.since < $1.since }.map { take($0.lot) }
    }

    /// Everything.
    mutating func takeAll() -> [Collected] { open.values.sorted { $0.since < $1.since }.map { take($0.lot) } }

    private mutating func take(_ lot: Lot) -> Collected {
        guard let collected = open.removeValue(forKey: lot) else { return Collected(lot: lot, since: .now) }
        held -= collected.tasks.count
        return collected
    }
}
