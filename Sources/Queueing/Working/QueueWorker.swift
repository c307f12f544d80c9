public import AWSCore
internal import Jobs
internal import Manifests
internal import S3
internal import SQS

/// Takes work from a queue until it is empty or told to stop.
public struct QueueWorker: Sendable {
    /// How many ReceiveMessage requests are under way at a time.
    private static let receivers = 4

    private let queue: any MessageQueue
    private let options: WorkOptions
    private let actions: WorkActions
    private let meter: WorkMeter
    private let report: @Sendable (String) async -> Void
    private let clock: WorkClock

    /// Makes a worker.
    ///
    /// - Parameters:
    ///   - queue: Where work comes from.
    ///   - options: How it works.
    ///   - actions: What it does.
    ///   - meter: Counts what is done.
    ///   - report: Takes one line at a time on what somebody should know.
    public init(
        _ queue: any MessageQueue, options: WorkOptions, actions: WorkActions, meter: WorkMeter,
        report: @escaping @Sendable (String) async -> Void
    ) {
        self.queue = queue
        self.options = options
        self.actions = actions
        self.meter = meter
        self.report = report
        clock = WorkClock(lease: Int64(options.visibility))
    }

    private enum Event: Sendable {
        case received([ReceivedMessage], since: ContinuousClock.Instant)
        case unreachable(AWSError)
        case finished
        case passed
    }

    /// What is waiting to be done.
    private enum Job: Sendable {
        case collected(Collector.Collected)
        case manifests([(ObjectReference, QueueMessage.Settings)], handle: String)
    }

    /// Works until the queue has been empty for long enough, enough bundles are made, or the task is cancelled; then
    /// every message that is not done is given back at once.
    ///
    /// - Parameter facts: What the queue says of itself.
    /// - Returns: Whether it ended by itself.
    /// - Throws: `AWSError` when the queue cannot be read.
    public func run(_ facts: QueueFacts) async throws(AWSError) -> Bool {
        let held = HeldMessages(queue, visibility: options.visibility, report: report)
        let work = BundleWork(
            actions: actions, held: held, ledgers: Ledgers(worker: options.worker, clock: clock), meter: meter,
            report: report, givesBack: facts.maxReceiveCount != nil)
        let result = await withTaskGroup(of: Event.self) { group in
            group.addTask {
                await held.keep()
                return .passed
            }
            let result = await loop(&group, work)
            group.cancelAll()
            return result
        }
        // A receipt that was under way when the worker was stopped comes back by itself.
        await uncancelled { await held.releaseAll() }
        return try result.get()
    }

    private func loop(_ group: inout TaskGroup<Event>, _ work: BundleWork) async -> Result<Bool, AWSError> {
        var collector = Collector(options.limits)
        var jobs: [Job] = []
        var (running, receiving, started) = (0, 0, 0)
        var lastWork = ContinuousClock.now
        /// Whether the queue was empty when it was asked since.
        var isEmpty = false
        var failure: AWSError?
        var isTicking = false
        while true {
            let isStopped = Task.isCancelled || failure != nil
            let isIdle = isEmpty && isIdle(since: lastWork)
            if !isStopped {
                jobs += collector.takeDue(at: .now).map(Job.collected)
                if isIdle { jobs += collector.takeAll().map(Job.collected) }
                while !isEnough(started), running < options.concurrency, !jobs.isEmpty {
                    let job = jobs.removeFirst()
                    group.addTask {
                        switch job {
                        case .collected(let collected): await work.archive(collected)
                        case .manifests(let manifests, let handle): await work.archive(manifests, handle)
                        }
                        return .finished
                    }
                    (running, started) = (running + 1, started + 1)
                }
                let wantsMore = !isEnough(started) && !isIdle && jobs.count < options.concurrency
                while wantsMore, receiving < Self.receivers {
                    group.addTask { await receive() }
                    receiving += 1
                }
            }
            // What is being received is waited for: it would be hidden from everybody for long.
            if running == 0, receiving == 0, isStopped || isEnough(started) || isIdle && jobs.isEmpty { break }
            if !isTicking {
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(200))
                    return .passed
                }
                isTicking = true
            }
            switch await group.next() ?? .passed {
            case .received(let messages, let since):
                receiving -= 1
                // What was asked before something was given back says nothing of it.
                isEmpty = messages.isEmpty && (isEmpty || since >= lastWork)
                guard !messages.isEmpty else { continue }
                lastWork = .now
                await work.held.add(messages.map(\.receiptHandle), since: since)
                for message in messages { jobs += await sort(message, &collector, work) }
            case .unreachable(let error):
                receiving -= 1
                if !Task.isCancelled { failure = failure ?? error }
            case .finished:
                running -= 1
                (lastWork, isEmpty) = (.now, false)
            case .passed: isTicking = false
            }
        }
        if let failure { return .failure(failure) }
        return .success(!Task.isCancelled)
    }

    private func isEnough(_ started: Int) -> Bool { options.maxJobs.map { started >= $0 } ?? false }

    private func isIdle(since lastWork: ContinuousClock.Instant) -> Bool {
        options.idleExit.map { ContinuousClock.now - lastWork >= $0 } ?? false
    }

    private func receive() async -> Event {
        let since = ContinuousClock.now
        // Short enough that the end is not kept waiting.
        let longest = options.maxJobs == nil ? SQSLimits.waitSeconds : 2
        let wait = min(longest, options.idleExit.map { Int($0.components.seconds) } ?? longest)
        return await uncancelled(grace: .seconds(1)) { [queue, options] in
            do throws(AWSError) {
                let messages = try await queue.receive(waitSeconds: wait, visibilitySeconds: options.visibility)
                return .received(messages, since: since)
            } catch {
                return .unreachable(error)
            }
        }
    }

    /// Puts a message where it belongs; gives what can be done at once.
    private func sort(_ message: ReceivedMessage, _ collector: inout Collector, _ work: BundleWork) async -> [Job] {
        let handle = message.receiptHandle
        do {
            let contents = try QueueMessage.read(message.body)
            guard !contents.isEmpty else {
                await meter.change { $0.ignored += 1 }
                _ = await work.held.delete([handle])
                return []
            }
            if case .object(let row, let run, let settings) = contents[0] {
                let lot = Lot(run: run, settings: settings, bucket: row.bucket, part: try actions.part(row, settings))
                let task = QueuedTask(row: row, receiptHandle: handle, receiveCount: message.receiveCount ?? 1)
                return collector.add(task, to: lot, at: .now).map(Job.collected)
            }
            return [
                .manifests(
                    contents.compactMap { content in
                        if case .bundle(let manifest, let settings) = content { (manifest, settings) } else { nil }
                    }, handle: handle)
            ]
        } catch {
            await meter.change { $0.poison += 1 }
            let times = message.receiveCount.map { ", received \($0) times" } ?? ""
            await report("message \(message.messageId)\(times), is given back: \(error)")
            await work.giveBack([handle], mayPass: false)
            return []
        }
    }
}
