import Bundling
import Console
import FoundationEssentials
import Jobs
import Manifests
import Queueing
import S3

/// Makes the bundles that a queue asks for.
struct QueuedBundles: Sendable {
    let request: WorkRequest
    let session: Session
    let environment: [String: String]
    let reporter: Reporter
    let records: SharedRecords?

    /// What the worker does besides the queue.
    var actions: WorkActions {
        WorkActions(
            part: { [settings = request.settings] row, message in
                let (settings, _) = try settings.placed(message)
                return BundlePart.of(row, template: settings.bundle.archiveName)
            },
            claims: { [settings = request.settings, session] message in
                let (settings, destination) = try settings.placed(message)
                return S3ClaimStore(client: session.s3, location: QueueSettings.claims(settings, destination))
            },
            bundle: bundle, bundleManifest: bundle)
    }

    @Sendable private func bundle(_ collected: CollectedBundle) async throws -> BundleEnd {
        let (settings, destination) = try request.settings.placed(collected.lot.settings)
        let state = QueueSettings.claims(settings, destination)
        let letters = S3DeadLetters(
            nextTo: ObjectReference(bucket: state.bucket, key: "\(state.prefix)claims/\(collected.identity)"),
            session.s3)
        let rows = collected.rows
        var order = BundleRequest(
            name: collected.name, destination: destination, identity: collected.identity, written: collected.claimed,
            deadLetters: letters
        ) {
            var rest = rows.makeIterator()
            return { rest.next() }
        }
        order.sequence = collected.number
        let unversioned = Set(rows.filter { $0.versionId == nil }.map(\.key))
        return try await make(order, settings, run: collected.lot.run, what: collected.name, collected.isHeld) {
            source in
            var object = source
            // The index has the version that was read; the message may have had none.
            if unversioned.contains(source.key) { object.versionId = nil }
            return object
        }
    }

    @Sendable private func bundle(
        _ manifest: ObjectReference, _ message: QueueMessage.Settings, _ isHeld: @escaping @Sendable () -> Bool
    ) async throws -> BundleEnd {
        let (settings, destination) = try request.settings.placed(message)
        let input: ManifestInput
        do { input = try await ManifestInput(.s3(manifest), session, reporter) } catch {
            return BundleEnd(BundleOutcome(endedBy: error))
        }
        let order = BundleRequest(
            name: BundleName.stem(of: manifest.key), destination: destination, identity: input.identity,
            written: input.written, deadLetters: S3DeadLetters(nextTo: manifest, session.s3)
        ) { try await input.rows(format: nil, bucket: request.bucket, session) }
        return try await make(
            order, settings, run: settings.run ?? order.ownRun, what: "\(manifest)", isHeld, archived: nil)
    }

    private func make(
        _ order: BundleRequest, _ settings: RunSettings, run: String, what: String,
        _ isHeld: @escaping @Sendable () -> Bool, archived: ((ObjectReference) -> ObjectReference)?
    ) async throws -> BundleEnd {
        var bundler = bundler(settings, run: run)
        bundler.mayFinish = isHeld
        var members: Set<ObjectReference> = []
        let start = ContinuousClock.now
        // Without somebody who wants them, the index is not read again for records.
        let takesRecords = archived != nil || records != nil
        let take: (TaskRecord) async throws -> Void = { record in
            // What has an archive is in it, whether its source could be deleted or not.
            if let archived, record.destination != nil { members.insert(archived(record.source)) }
            await records?.write(record)
        }
        let outcome = await bundler.bundle(order, record: takesRecords ? take : nil)
        var end = BundleEnd(outcome)
        end.archived = members
        if !Task.isCancelled || outcome.isDone {
            try await show(outcome, what, seconds: (ContinuousClock.now - start) / .seconds(1))
        }
        return end
    }

    private func bundler(_ settings: RunSettings, run: String) -> Bundler {
        var bundler = Bundler(session, settings, run: run, environment: environment)
        bundler.concurrency = request.concurrency
        bundler.failure = { [reporter] record in await reporter.say(record.failureLine, level: .error) }
        return bundler
    }

    private func show(_ outcome: BundleOutcome, _ what: String, seconds: Double) async throws {
        for note in outcome.notes { await reporter.say(note) }
        let summary = BundleSummary(outcome, manifest: what, seconds: seconds)
        switch request.output {
        case .json: try? Descriptor.standardOutput.print(try summary.json + "\n")
        case .text where request.records != .standard: try? Descriptor.standardOutput.print(summary.text + "\n")
        case .text: await reporter.say(summary.text)
        }
    }
}

extension BundleEnd {
    init(_ outcome: BundleOutcome) {
        let status: Status =
            switch outcome.status {
            case .finished, .unchanged, .empty, .planned: .done
            case .interrupted: .interrupted
            case .failed: .failed
            }
        self.init(status)
        archive = (outcome.archive ?? outcome.index)?.uri
        archivedCount = outcome.archived
        failedCount = outcome.failed
        deletedCount = outcome.deleted
        keptCount = outcome.kept
        bytes = outcome.bytes
        wasThere = outcome.status == .unchanged
        reason = outcome.failure.map { "\($0.message)\($0.advice.map { "; \($0)" } ?? "")" }
    }
}
