public import Jobs
public import LambdaRuntime
import S3

/// Answers the events of S3 Batch Operations.
public struct Driver: Sendable {
    /// How many tasks of one event are under way at a time.
    private static let tasksAtOnce = 16

    private let settings: RunSettings
    private let actions: Actions
    private let log: DriverLog

    /// Makes a driver.
    ///
    /// - Parameters:
    ///   - settings: What the environment sets; `userArguments` go before it.
    ///   - actions: What it does to the world.
    ///   - log: Where its lines go.
    public init(settings: RunSettings, actions: Actions, log: DriverLog) {
        self.settings = settings
        self.actions = actions
        self.log = log
    }

    /// Does the tasks of an event, several at a time, and answers with a result for each, in their order.
    ///
    /// - Throws: `InvocationError` when the event has no tasks that could be answered for.
    public func handle(_ event: [UInt8], _ context: LambdaContext) async throws(InvocationError) -> [UInt8] {
        let event = try BatchEvent(event)
        let records = await records(of: event)
        let results = zip(event.tasks, records).map { TaskResult(taskId: $0.taskId, $1) }
        log.write(event, context, results, records)
        return try BatchAnswer(to: event, results).json()
    }

    private func records(of event: BatchEvent) async -> [TaskRecord] {
        do throws(SettingError) {
            var settings = settings
            try settings.apply(userArguments: event.userArguments)
            settings.run = event.run
            return await carryOut(event, TaskHandler(actions: actions, settings: settings, run: event.run))
        } catch {
            let refusal = Refusal(
                code: "InvalidSetting", message: "\(error)", advice: "create the job again with it set right")
            return event.tasks.map { event.record($0).refused(refusal) }
        }
    }

    private func carryOut(_ event: BatchEvent, _ handler: TaskHandler) async -> [TaskRecord] {
        var steps = event.tasks.map { TaskStep.done(event.record($0)) }
        await withTaskGroup(of: (Int, TaskStep).self) { group in
            var underWay = 0
            for (index, task) in event.tasks.enumerated() {
                guard let object = event.object(of: task) else { continue }
                if underWay == Self.tasksAtOnce, let (done, step) = await group.next() {
                    steps[done] = step
                    underWay -= 1
                }
                group.addTask { (index, await handler.handle(object)) }
                underWay += 1
            }
            for await (done, step) in group { steps[done] = step }
        }
        return await send(steps)
    }

    /// Sends the messages of all tasks together, so that they take as few requests as SQS allows.
    private func send(_ steps: [TaskStep]) async -> [TaskRecord] {
        var records = steps.map(\.record)
        var outgoing: [String: [(index: Int, message: QueueMessage)]] = [:]
        for (index, step) in steps.enumerated() {
            guard case .send(let message, let queue, _) = step else { continue }
            outgoing[queue, default: []].append((index, message))
        }
        for (queue, entries) in outgoing {
            let errors = await actions.send(entries.map(\.message), queue)
            for (entry, error) in zip(entries, errors) {
                records[entry.index] = error.map(records[entry.index].failed) ?? records[entry.index].queued(in: queue)
            }
        }
        return records
    }
}

extension TaskRecord {
    /// The record with where its message is; what is queued is not archived yet.
    fileprivate func queued(in queue: String) -> TaskRecord {
        var record = self
        record.outcome = .queued
        record.message = "queued in \(queue), not archived yet: \(size ?? 0) bytes for the workers of that queue"
        record.advice = "see the indexes of this run for what is archived"
        return record
    }
}

extension BatchEvent {
    /// The object of a task that can be done.
    fileprivate func object(of task: EventTask) -> ObjectReference? {
        problem == nil ? try? task.object.get() : nil
    }

    /// The record of a task that is not done yet: for one with a problem, that it failed by it.
    fileprivate func record(_ task: EventTask) -> TaskRecord {
        let unknown = ObjectReference(bucket: "", key: "")
        let record = TaskRecord(
            run: run, source: (try? task.object.get()) ?? unknown, destination: nil, outcome: .failed)
        let advice = "check the manifest and the job"
        if let problem { return record.refused(Refusal(code: "InvalidEvent", message: problem, advice: advice)) }
        guard case .failure(let problem) = task.object else { return record }
        return record.refused(Refusal(code: "InvalidTask", message: problem.message, advice: advice))
    }
}
