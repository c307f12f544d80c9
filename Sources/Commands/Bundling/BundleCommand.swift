import AWSCore
import Bundling
import Console
import FoundationEssentials
import HTTPTransport
import Jobs
import S3

/// Carries out `s3haul bundle`.
struct BundleCommand: Sendable {
    let order: BundleOrder
    let environment: [String: String]
    let reporter: Reporter

    func run() async throws -> ExitCode {
        let session = try Session(environment, connectionsPerHost: max(128, order.concurrency + 16))
        let meter = BundleMeter()
        let (codes, reason) = try await untilStopped(watching: session.metadataOnSpot(environment)) {
            try await showingProgress(on: order.isQuiet ? nil : reporter, { meter.progress }) {
                try await bundles(session, meter)
            }
        }
        await session.transport.shutdown()
        if let reason { await reporter.say(reason.explanation) }
        for code in [ExitCode.tryAgain, .usage, .someFailed] where codes.contains(code) { return code }
        return .success
    }

    private func bundles(_ session: Session, _ meter: BundleMeter) async throws -> [ExitCode] {
        let folder = order.settings.run ?? UUID().uuidString.lowercased()
        let records = try order.records.map {
            try RecordWriter($0, name: "\(folder)/\(environment.recordsName)", session)
        }
        var codes: [ExitCode] = []
        for place in try await manifests(session) {
            let start = ContinuousClock.now
            let outcome = await bundle(place, session, meter, records)
            codes.append(outcome.exitCode)
            try await show(outcome, of: place, seconds: (ContinuousClock.now - start) / .seconds(1))
            if outcome.status == .interrupted || Task.isCancelled { break }
        }
        try await records?.finish()
        return codes
    }

    private func bundle(
        _ place: Place, _ session: Session, _ meter: BundleMeter, _ records: RecordWriter?
    ) async -> BundleOutcome {
        let input: ManifestInput
        do { input = try await ManifestInput(place, session, reporter) } catch { return BundleOutcome(endedBy: error) }
        let request = request(input, session)
        let bundler = bundler(session, meter, run: order.settings.run ?? request.ownRun)
        guard !order.isDryRun else { return await bundler.plan(request) }
        return await bundler.bundle(request, record: records.map { writer in { try await writer.write($0) } })
    }

    private func bundler(_ session: Session, _ meter: BundleMeter, run: String) -> Bundler {
        var bundler = Bundler(session, order.settings, run: run, environment: environment)
        bundler.concurrency = order.concurrency
        bundler.progress = { meter.add(bytes: $0) }
        bundler.failure = { [reporter] record in
            let failed = meter.addFailure()
            if failed <= CopyRun.shownFailures { await reporter.say(record.failureLine, level: .error) }
            if failed == CopyRun.shownFailures {
                await reporter.say("further failures are not shown; the dead letters have all of them")
            }
        }
        return bundler
    }

    /// The manifests of a list; in a child of an array job the one of its number.
    private func manifests(_ session: Session) async throws -> [Place] {
        guard case .list(let list) = order.source else {
            if case .manifest(let place) = order.source { return [place] }
            return []
        }
        let bytes = try await ByteSource(list, session)
        var text: [UInt8] = []
        while let chunk = try await bytes.next() { text += chunk }
        let lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
        let places = try lines.map { try Place(String($0), of: "\(list)") }
        guard let index = environment["AWS_BATCH_JOB_ARRAY_INDEX"] else { return places }
        guard let number = Int(index), places.indices.contains(number) else {
            throw UsageError("\(list) has \(places.count) manifests, none for AWS_BATCH_JOB_ARRAY_INDEX=\(index)")
        }
        return [places[number]]
    }

    private func request(_ input: ManifestInput, _ session: Session) -> BundleRequest {
        let name = order.name ?? (input.place == .standard ? "bundle" : BundleName.stem(of: "\(input.place)"))
        let letters: any DeadLetterPlace
        switch input.place {
        case .file(let path): letters = FileDeadLetters(manifest: path)
        case .s3(let object): letters = S3DeadLetters(nextTo: object, session.s3)
        case .standard:
            let place = ObjectReference(bucket: order.destination.bucket, key: order.destination.prefix + name)
            letters = S3DeadLetters(nextTo: place, session.s3)
        }
        return BundleRequest(
            name: name, destination: order.destination, identity: input.identity, written: input.written,
            deadLetters: letters
        ) { try await input.rows(format: order.format, bucket: order.bucket, session) }
    }

    private func show(_ outcome: BundleOutcome, of place: Place, seconds: Double) async throws {
        if let failure = outcome.failure {
            let subject = failure.message.contains("\(place)") ? "" : "\(place): "
            await reporter.say("\(subject)\(failure.message)\(failure.advice.map { "; \($0)" } ?? "")")
        }
        for note in outcome.notes { await reporter.say(note) }
        let summary = BundleSummary(outcome, manifest: "\(place)", seconds: seconds)
        switch order.output {
        case .json: try? Descriptor.standardOutput.print(try summary.json + "\n")
        case .text where order.records != .standard: try? Descriptor.standardOutput.print(summary.text + "\n")
        case .text: await reporter.say(summary.text)
        }
    }
}

extension BundleOutcome {
    /// How the program ends.
    var exitCode: ExitCode {
        switch status {
        case .interrupted: .tryAgain
        case .failed: .usage
        default: failed > 0 || kept > 0 ? .someFailed : .success
        }
    }
}

/// Adds up what a run does, for whoever shows its progress.
private final class BundleMeter: Sendable {
    private let current = Locked(Progress(unit: "objects"))
    private let start = ContinuousClock.now

    func add(bytes: Int64) {
        current.withLock { current in
            current.done += 1
            current.bytes += bytes
        }
    }

    /// Counts a failure, and tells how many there were.
    func addFailure() -> Int64 {
        current.withLock { current in
            current.done += 1
            current.failed += 1
            return current.failed
        }
    }

    var progress: Progress {
        var progress = current.withLock { $0 }
        progress.seconds = (ContinuousClock.now - start) / .seconds(1)
        return progress
    }
}
