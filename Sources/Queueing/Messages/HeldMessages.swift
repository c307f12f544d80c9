internal import AWSCore
internal import SQS

/// The messages that this worker has and nobody else sees: it keeps them hidden, and deletes them or gives them back.
actor HeldMessages {
    /// How many requests are under way at a time.
    private static let requestsAtOnce = 16

    private let queue: any MessageQueue
    private let visibility: Int
    private let report: @Sendable (String) async -> Void
    /// When each was last hidden.
    private var hidden: [String: ContinuousClock.Instant] = [:]

    init(_ queue: any MessageQueue, visibility: Int, report: @escaping @Sendable (String) async -> Void) {
        self.queue = queue
        self.visibility = visibility
        self.report = report
    }

    /// How many there are.
    var count: Int { hidden.count }

    /// Takes messages that were asked for at a time.
    func add(_ handles: [String], since: ContinuousClock.Instant) {
        for handle in handles { hidden[handle] = since }
    }

    /// Keeps messages hidden until the task is cancelled.
    func keep() async {
        while (try? await Task.sleep(for: .milliseconds(visibility * 1000 / 12))) != nil {
            let due = due(at: .now)
            guard !due.isEmpty else { continue }
            let now = ContinuousClock.now
            let lost = await inBatches(due) { [queue, visibility] handles in
                await queue.changeVisibility(handles, seconds: visibility)
            }
            await take(lost, of: due, at: now)
        }
    }

    /// Takes in which messages could not be kept hidden: those are tried again soon that others do not have yet.
    private func take(_ lost: [Lost], of due: [String], at now: ContinuousClock.Instant) async {
        // What was deleted or given back meanwhile is nobody's concern.
        let held = lost.filter { hidden[$0.handle] != nil }
        let failed = Set(held.map(\.handle))
        for handle in due where hidden[handle] != nil && !failed.contains(handle) { hidden[handle] = now }
        let gone = held.filter { !$0.error.isTransient && !$0.error.isThrottling }
        forget(gone.map(\.handle))
        guard let first = gone.first, !Task.isCancelled else { return }
        await report(
            "\(gone.count) messages could not be kept hidden, others may get them too (\(first.error)); what they ask "
                + "for is archived once all the same")
    }

    /// Those of which a third of their time is over.
    func due(at now: ContinuousClock.Instant) -> [String] {
        let age = Duration.milliseconds(visibility * 1000 / 3)
        return hidden.filter { now - $0.value >= age }.map(\.key)
    }

    /// Deletes messages; those that cannot be deleted come again, and are known then.
    ///
    /// - Returns: How many were deleted.
    func delete(_ handles: [String]) async -> Int {
        forget(handles)
        let lost = await inBatches(handles) { [queue] handles in await queue.delete(handles) }
        if let first = lost.first {
            await report("\(lost.count) messages could not be deleted and come again: \(first.error)")
        }
        return handles.count - lost.count
    }

    /// Gives messages back at once.
    func release(_ handles: [String]) async {
        forget(handles)
        // One that cannot be given back comes back by itself when its time is over.
        _ = await inBatches(handles) { [queue] handles in await queue.changeVisibility(handles, seconds: 0) }
    }

    /// Gives all messages back at once.
    func releaseAll() async { await release(Array(hidden.keys)) }

    /// Lets messages come back by themselves when their time is over.
    func forget(_ handles: [String]) { for handle in handles { hidden[handle] = nil } }

    /// A message that something could not be done to.
    private struct Lost: Sendable {
        var handle: String
        var error: AWSError
    }

    /// Does something to messages, 10 a request; gives those it could not be done to.
    private func inBatches(
        _ handles: [String], _ body: @escaping @Sendable ([String]) async -> SQSBatchOutput
    ) async -> [Lost] {
        await withTaskGroup(of: [Lost].self) { group in
            var lost: [Lost] = []
            for (number, start) in stride(from: 0, to: handles.count, by: SQSLimits.batchEntries).enumerated() {
                if number >= Self.requestsAtOnce, let failed = await group.next() { lost += failed }
                let batch = Array(handles[start..<min(start + SQSLimits.batchEntries, handles.count)])
                group.addTask { await body(batch).failed.map { Lost(handle: batch[$0.index], error: $0.error) } }
            }
            for await failed in group { lost += failed }
            return lost
        }
    }
}
