import Console

/// Holds the count of a run, for whoever shows its progress.
actor RowMeter {
    private var current: Progress
    private let start = ContinuousClock.now

    init(unit: String) { current = Progress(unit: unit) }

    func set(rows: Int64) { current.done = rows }

    var progress: Progress {
        var progress = current
        progress.seconds = (ContinuousClock.now - start) / .seconds(1)
        return progress
    }
}
