import Manifests

/// The state of a job while it is dispatched: which task is next, and what an answer means for it.
struct DispatchRun {
    private let job: DispatchJob
    private var rows: ManifestReader
    private let journal: Journal
    private let resumed: Int64
    private let backOff: @Sendable (_ failures: Int) -> Duration
    private let slots: Int
    private var freeSlots: [Int]
    private var nextIndex: Int64 = 0
    private var isAtEnd = false
    private var redrives = Redrives()
    private var isWaiting = false
    private var invocations: Int64 = 0
    private var unanswered = 0
    private var end: DispatchOutcome.Status?
    private var reason: String?

    /// So many invocations in a row without an answer end the run.
    private static let patience = 10

    /// As how many failures a silence counts at most, so that a function that is not there is noticed in half a minute.
    private static let longestSilence = 3

    init(
        job: DispatchJob, rows: ManifestReader, journal: Journal, slots: Int,
        backOff: @escaping @Sendable (_ failures: Int) -> Duration
    ) {
        self.job = job
        self.rows = rows
        self.journal = journal
        resumed = journal.succeeded + journal.failed
        self.backOff = backOff
        self.slots = slots
        freeSlots = Array((0..<slots).reversed())
    }

    /// Whether the run ended early, and nothing is under way any more.
    var isOver: Bool { end != nil && freeSlots.count == slots }

    /// How it ended; asked when nothing is under way any more.
    var outcome: DispatchOutcome {
        DispatchOutcome(
            status: end ?? .complete, succeeded: journal.succeeded, failed: journal.failed,
            invocations: invocations, resumed: resumed, reason: reason)
    }

    /// The next task and the slot it gets; `nil` when there is no slot, no task, or no reason to go on.
    mutating func next() async throws -> (DispatchTask, slot: Int)? {
        if end == nil, Task.isCancelled { end = .interrupted }
        guard end == nil, !freeSlots.isEmpty else { return nil }
        guard let task = try await nextTask(), let slot = freeSlots.popLast() else { return nil }
        invocations += 1
        return (task, slot)
    }

    private mutating func nextTask() async throws -> DispatchTask? {
        if let task = redrives.popDue(at: .now) { return task }
        guard redrives.count < Dispatcher.window, journal.finished.heldApart < Dispatcher.window else { return nil }
        while !isAtEnd {
            guard let row = try await nextRow() else {
                isAtEnd = true
                return nil
            }
            let index = nextIndex
            nextIndex += 1
            if journal.finished.contains(index) { continue }
            return DispatchTask(index: index, bucket: row.bucket, key: row.key, versionId: row.versionId)
        }
        return nil
    }

    private mutating func nextRow() async throws -> ManifestRow? {
        do {
            return try await rows.next()
        } catch  where Task.isCancelled {
            end = .interrupted
            return nil
        }
    }

    /// How long to wait for the next task that is to be invoked again; `nil` when nobody needs to wait for one.
    mutating func startWaiting() -> Duration? {
        guard end == nil, !isWaiting, !freeSlots.isEmpty, let due = redrives.nextDue else { return nil }
        isWaiting = true
        return max(.zero, due - .now)
    }

    mutating func endWaiting() { isWaiting = false }

    /// Takes what became of an invocation.
    mutating func take(
        _ answer: Result<TaskResult, InvocationFailure>, of task: DispatchTask, _ slot: Int
    ) throws(JournalError) {
        freeSlots.append(slot)
        switch answer {
        case .success(let result):
            unanswered = 0
            if result.code == .temporaryFailure, task.redrives < job.redrives {
                redrive(task, countsFailure: true)
            } else {
                try finish(task, result)
            }
        case .failure(let failure):
            switch failure.kind {
            case .cancelled: end = end ?? .interrupted
            case .refused: try finish(task, TaskResult(.permanentFailure, failure.message))
            case .throttled where task.redrives >= job.redrives:
                try finish(task, TaskResult(.temporaryFailure, failure.message))
            case .throttled: redrive(task, countsFailure: true)
            case .unreachable:
                unanswered += 1
                redrive(task, countsFailure: false)
                if unanswered >= max(Self.patience, freeSlots.count) {
                    end = end ?? .unreachable
                    reason = failure.message
                }
            }
        }
    }

    private mutating func redrive(_ task: DispatchTask, countsFailure: Bool) {
        var task = task
        if countsFailure { task.redrives += 1 }
        let failures = countsFailure ? task.redrives : min(unanswered, Self.longestSilence)
        redrives.insert(task, due: .now + backOff(failures))
    }

    private mutating func finish(_ task: DispatchTask, _ result: TaskResult) throws(JournalError) {
        try journal.append(JournalEntry(task, result))
        if end == nil, FailureThreshold.isExceeded(succeeded: journal.succeeded, failed: journal.failed) {
            end = .failed
        }
    }
}
