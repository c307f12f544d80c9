public import Manifests

/// Plays the part of S3 Batch Operations: invokes a function for every row of a manifest, one task an invocation.
public struct Dispatcher: Sendable {
    /// How many tasks may wait to be invoked again, and finish out of order, before no new ones are taken.
    static let window = 10_000

    private let job: DispatchJob
    private let functions: [any FunctionInvoker]
    private let backOff: @Sendable (_ failures: Int) -> Duration

    /// Makes a dispatcher.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - functions: Where the function can be invoked; the tasks under way are dealt out to them in turn.
    ///   - backOff: How long a task waits that has failed so often; at random, up to 30 seconds, unless a test says.
    public init(
        _ job: DispatchJob, functions: [any FunctionInvoker],
        backOff: (@Sendable (_ failures: Int) -> Duration)? = nil
    ) {
        self.job = job
        self.functions = functions
        self.backOff = backOff ?? { Redrives.wait(after: $0, chance: Double.random(in: 0...1)) }
    }

    /// Dispatches every row that the journal does not have yet.
    ///
    /// Ends early when the task is cancelled, the failure threshold is exceeded, or the function does not answer.
    ///
    /// - Parameters:
    ///   - rows: The manifest.
    ///   - journal: The tasks that are finished; the new ones are added.
    ///   - progress: Told how many tasks have succeeded and failed, whenever one is finished.
    /// - Returns: How it ended, with the counts of all attempts.
    /// - Throws: `ManifestError`, `JournalError`, or what the source of the manifest throws.
    public func run(
        _ rows: ManifestReader, journal: Journal, progress: (_ succeeded: Int64, _ failed: Int64) async -> Void
    ) async throws -> DispatchOutcome {
        try await withThrowingTaskGroup(of: Event.self) { group in
            var run = DispatchRun(
                job: job, rows: rows, journal: journal, slots: max(job.concurrency, 1), backOff: backOff)
            defer { group.cancelAll() }
            await progress(journal.succeeded, journal.failed)
            while true {
                while let (task, slot) = try await run.next() {
                    group.addTask { await .answered(task, slot, invoke(task, slot)) }
                }
                if let wait = run.startWaiting() {
                    group.addTask {
                        try? await Task.sleep(for: wait)
                        return .waited
                    }
                }
                guard !run.isOver, let event = try await group.next() else { break }
                switch event {
                case .waited: run.endWaiting()
                case .answered(let task, let slot, let answer):
                    try run.take(answer, of: task, slot)
                    await progress(journal.succeeded, journal.failed)
                }
            }
            try journal.sync()
            return run.outcome
        }
    }

    private enum Event: Sendable {
        case answered(DispatchTask, Int, Result<TaskResult, InvocationFailure>)
        case waited
    }

    private func invoke(_ task: DispatchTask, _ slot: Int) async -> Result<TaskResult, InvocationFailure> {
        let event = InvocationEvent(task, of: job)
        do throws(InvocationFailure) {
            let payload: [UInt8]
            do { payload = try event.json() } catch { throw InvocationFailure(.refused, "\(error)") }
            let answer = try await functions[slot % functions.count].invoke(payload)
            return .success(TaskResult(payload: answer.payload, functionError: answer.functionError, to: event))
        } catch {
            return .failure(error)
        }
    }
}
