/// The tasks that are to be invoked again, each when its time has come.
struct Redrives {
    /// The longest wait in seconds.
    static let longestWait = 30.0

    private var waiting: [(due: ContinuousClock.Instant, task: DispatchTask)] = []

    /// How many tasks wait.
    var count: Int { waiting.count }

    /// When the next task is due.
    var nextDue: ContinuousClock.Instant? { waiting.last?.due }

    /// How long to wait before the invocation after `failures` failed ones: half of it fixed, half of it by chance.
    static func wait(after failures: Int, chance: Double) -> Duration {
        let full = min(longestWait, Double(1 << min(max(failures, 1), 10)) / 2)
        return .seconds(full / 2 + full / 2 * chance)
    }

    /// Adds a task.
    mutating func insert(_ task: DispatchTask, due: ContinuousClock.Instant) {
        let place = waiting.firstIndex { $0.due <= due } ?? waiting.count
        waiting.insert((due, task), at: place)
    }

    /// Takes a task whose time has come.
    mutating func popDue(at now: ContinuousClock.Instant) -> DispatchTask? {
        guard let last = waiting.last, last.due <= now else { return nil }
        return waiting.removeLast().task
    }
}
