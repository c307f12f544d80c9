import AWSCore
import Console
import FoundationEssentials
import HTTPTransport
import Jobs
import S3
import Transfer

/// Carries out `s3haul copy`.
struct CopyCommand: Sendable {
    let request: CopyRequest
    let environment: [String: String]
    let reporter: Reporter
    private let runId: String

    init(_ request: CopyRequest, environment: [String: String], reporter: Reporter) {
        self.request = request
        self.environment = environment
        self.reporter = reporter
        runId = request.settings.run ?? UUID().uuidString.lowercased()
    }

    /// What a run came to.
    private struct Result: Sendable {
        var isComplete = false
        var totals = CopyTotals()
        var seconds = 0.0
        var failure: (any Error)?
    }

    func run() async throws -> ExitCode {
        let session = try Session(environment, connectionsPerHost: max(128, request.concurrency ?? 0))
        let moving = BytesUnderWay()
        let engine = try await engine(session, moving)
        let (result, reason) = try await untilStopped(watching: session.metadataOnSpot(environment)) {
            try await session.transport.onEventLoop { try await copy(session, engine, moving) }
        }
        await session.transport.shutdown()
        if let failure = result.failure { throw failure }
        if let reason { await reporter.say(reason.explanation) }
        let summary = result.totals.summary(seconds: result.seconds, isDryRun: request.isDryRun)
        switch request.output {
        case .text where request.records != .standard: try? Descriptor.standardOutput.print(summary + "\n")
        default: await reporter.say(summary)
        }
        return result.totals.exitCode(isComplete: result.isComplete)
    }

    private func engine(_ session: Session, _ moving: BytesUnderWay) async throws -> TransferEngine {
        let settings = request.settings
        return TransferEngine(
            store: session.s3, settings: settings.copy, run: runId,
            checkpoints: try await checkpoints(session), worker: .current(environment: environment),
            copied: { task, bytes in moving.add(bytes, of: task.destination) })
    }

    private func checkpoints(_ session: Session) async throws -> (any CheckpointStore)? {
        if let place = request.settings.copy.state { return S3CheckpointStore(client: session.s3, location: place) }
        let directory = request.stateDirectory ?? LocalCheckpointStore.defaultDirectory(environment: environment)
        do {
            if let directory { return try LocalCheckpointStore(directory: directory) }
        } catch {
            // Without a home directory a copy still works; where one asked for a directory it must be there.
            guard request.stateDirectory == nil else { throw UsageError("--state: \(error)") }
        }
        guard !request.isDryRun else { return nil }
        await reporter.say(
            "there is no folder to keep checkpoints in, so a copy that is cut off begins anew; --state DIR or --state "
                + "s3://BUCKET/PREFIX/ gives one")
        return nil
    }

    private func copy(
        _ session: Session, _ engine: TransferEngine, _ moving: BytesUnderWay
    ) async throws -> Result {
        let source = try await TaskSource(request, session, reporter)
        let sink = try RecordSink(request, name: "\(runId)/\(environment.recordsName)", session)
        let meter = CopyMeter(total: source.total, moving: moving)
        let isDryRun = request.isDryRun
        let run = CopyRun(
            concurrency: request.concurrency ?? CopyRequest.standardConcurrency,
            copy: { work in isDryRun ? await engine.plan(work) : await engine.copy(work) }, meter: meter,
            reporter: reporter)
        var result = Result()
        do {
            result.isComplete = try await showingProgress(
                on: request.isQuiet ? nil : reporter, { await meter.progress },
                { try await run.run(source) { try await sink.write($0) } })
        } catch {
            result.failure = error
        }
        try await sink.finish()
        result.totals = await meter.totals
        result.seconds = await meter.seconds
        return result
    }
}

extension TransferEngine {
    /// Copies an object, by one request where a listing has said enough of it.
    fileprivate func copy(_ work: CopyWork) async -> TaskRecord {
        guard let listing = work.listing else { return await copy(work.task) }
        return await copyListed(work.task, source: listing.source, destination: listing.destination)
    }

    /// Says what would be done to an object.
    fileprivate func plan(_ work: CopyWork) async -> TaskRecord {
        guard let listing = work.listing else { return await plan(work.task) }
        return await planListed(work.task, source: listing.source, destination: listing.destination)
    }
}

extension StopReason {
    /// One line for whoever wonders why it stopped.
    var explanation: String {
        switch self {
        case .signal(let name): "stopped by \(name); the same command goes on where it was"
        case .spotReclaim: "stopped: this spot instance is reclaimed; the same command goes on where it was"
        }
    }
}
