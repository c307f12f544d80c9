import AWSCore
import Console
import FoundationEssentials
import HTTPTransport
import Jobs
import Queueing
import SQS
import Transfer

/// Carries out `s3haul work`.
struct WorkCommand: Sendable {
    let request: WorkRequest
    let environment: [String: String]
    let reporter: Reporter

    func run() async throws -> ExitCode {
        let session = try Session(
            environment, connectionsPerHost: max(128, request.concurrency * request.options.concurrency + 32))
        let sqs = SQSClient(session.aws)
        let url = request.queue.contains("://") ? request.queue : try await sqs.getQueueUrl(name: request.queue)
        let queue = SQSQueue(sqs, url: url)
        let facts = try await facts(of: queue)
        if request.isDryRun {
            try Descriptor.standardOutput.print(plan(facts, url))
            return .success
        }
        if facts.maxReceiveCount == nil {
            await reporter.say(
                "\(url) has no redrive policy: a message that always fails comes again for ever; give it a "
                    + "dead-letter queue")
        }
        let meter = WorkMeter()
        let start = ContinuousClock.now
        let (isComplete, reason) = try await untilStopped(watching: session.metadataOnSpot(environment)) {
            try await showingProgress(
                on: request.isQuiet ? nil : reporter,
                { await meter.totals.progress(seconds: (ContinuousClock.now - start) / .seconds(1)) },
                { try await work(queue, facts, meter, session) })
        }
        await session.transport.shutdown()
        if let reason { await reporter.say(reason.explanation) }
        let totals = await meter.totals
        await reporter.say(totals.summary(seconds: (ContinuousClock.now - start) / .seconds(1)))
        if !isComplete || totals.interrupted > 0 { return .tryAgain }
        return totals.failed + totals.failedBundles + totals.poison + totals.kept > 0 ? .someFailed : .success
    }

    private func facts(of queue: SQSQueue) async throws -> QueueFacts {
        do throws(AWSError) {
            return QueueFacts(try await queue.attributes(QueueFacts.names))
        } catch  where error.status == 403 {
            await reporter.say("whether the queue has a redrive policy cannot be seen: allow sqs:GetQueueAttributes")
            // Then it is better to give back too often than too late.
            return QueueFacts(["RedrivePolicy": #"{"maxReceiveCount": 10}"#])
        }
    }

    private func work(
        _ queue: SQSQueue, _ facts: QueueFacts, _ meter: WorkMeter, _ session: Session
    ) async throws -> Bool {
        let name = "\(request.queueName)/\(environment.recordsName)"
        let records = try request.records.map { place throws(UsageError) in
            try SharedRecords(place, name: name, session)
        }
        let bundles = QueuedBundles(
            request: request, session: session, environment: environment, reporter: reporter, records: records)
        var options = request.options
        let identity = WorkerIdentity.current(environment: environment)
        options.worker = "\(identity.host)/\(identity.process)"
        let worker = QueueWorker(
            queue, options: options, actions: bundles.actions, meter: meter, report: { await reporter.say($0) })
        guard let records else { return try await worker.run(facts) }
        do {
            let isComplete = try await run(worker, facts, until: records)
            try await records.finish()
            return isComplete
        } catch let error as AWSError {
            try await records.finish()
            throw error
        }
    }

    /// Works, but takes nothing more once a record could not be kept.
    private func run(_ worker: QueueWorker, _ facts: QueueFacts, until records: SharedRecords) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { try await worker.run(facts) }
            group.addTask {
                await records.untilFailed()
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }

    private func plan(_ facts: QueueFacts, _ url: String) -> String {
        let waiting = facts.waiting.map { Quantity.count(Int64($0)) } ?? "an unknown number of"
        let inFlight = facts.inFlight.map { Quantity.count(Int64($0)) } ?? "an unknown number"
        let policy =
            facts.maxReceiveCount.map { "goes to the dead-letter queue when it was received \($0) times" }
            ?? "comes again for ever: there is no redrive policy"
        return "would take about \(waiting) messages from \(url); other workers have about \(inFlight)\n"
            + "a message that always fails \(policy)\n"
    }
}

extension WorkRequest {
    /// The queue's name.
    fileprivate var queueName: String { queue.split(separator: "/").last.map(String.init) ?? "queue" }
}

extension WorkTotals {
    /// How far it is, for who watches.
    fileprivate func progress(seconds: Double) -> Progress {
        var progress = Progress(unit: "objects")
        progress.done = archived + failed
        progress.failed = failed
        progress.bytes = bytes
        progress.seconds = seconds
        return progress
    }

    /// One line on what was done.
    fileprivate func summary(seconds: Double) -> String {
        func ifAny(_ count: Int64, _ what: String) -> String {
            count > 0 ? "; \(Quantity.count(count)) \(what)" : ""
        }
        return "made \(Quantity.count(bundles)) bundle\(bundles == 1 ? "" : "s") of "
            + "\(Quantity.count(archived)) objects, \(Quantity.bytes(bytes)), in \(Quantity.duration(seconds))"
            + ifAny(deleted, "sources deleted") + ifAny(kept, "sources kept, which changed or were refused")
            + ifAny(repeated, "messages of what was archived already") + ifAny(ignored, "messages that ask for nothing")
            + ifAny(failed, "objects failed") + ifAny(failedBundles, "bundles failed")
            + ifAny(poison, "messages not understood") + ifAny(interrupted, "bundles given back")
    }
}
