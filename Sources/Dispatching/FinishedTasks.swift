/// Which tasks of a manifest are finished: all before a mark, and some beyond it.
///
/// Tasks finish nearly in order, so the set beyond the mark stays about as large as the work under way.
struct FinishedTasks: Equatable {
    /// All tasks before this index are finished.
    private(set) var mark: Int64 = 0
    private var beyond: Set<Int64> = []

    /// How many finished tasks are held one by one.
    var heldApart: Int { beyond.count }

    /// Whether a task is finished.
    func contains(_ index: Int64) -> Bool { index < mark || beyond.contains(index) }

    /// Adds a finished task; `false` when it was there.
    @discardableResult
    mutating func insert(_ index: Int64) -> Bool {
        guard !contains(index) else { return false }
        beyond.insert(index)
        while beyond.remove(mark) != nil { mark += 1 }
        return true
    }
}
