import AWSCore
import Jobs
import S3

extension Attempt {
    /// Finds or begins the upload to work on.
    ///
    /// - Returns: `nil` when there is nothing left to do, and the record says so.
    func open(
        _ source: HeadObjectOutput, _ wanted: DestinationProperties
    ) async throws(TransferFailure) -> OpenTransfer? {
        guard let checkpoints = engine.checkpoints else {
            return try await begin(source, wanted, layout: try await layout(of: source), lease: nil)
        }
        do {
            return try await claim(source, wanted, in: checkpoints)
        } catch let error as CheckpointError {
            throw TransferFailure(error)
        } catch let error as TransferFailure {
            throw error
        } catch {
            // Nothing else is thrown but by a wait that is cancelled.
            throw TransferFailure(CheckpointError.cancelled)
        }
    }

    /// Reads the checkpoint and does what it asks for, until it is this attempt's.
    private func claim(
        _ source: HeadObjectOutput, _ wanted: DestinationProperties, in store: any CheckpointStore
    ) async throws -> OpenTransfer? {
        let name = Checkpoint.name(of: task)
        let mine = Checkpoint(
            source: pinned(source).object, sourceETag: source.eTag, destination: task.destination,
            settings: wanted.digest, size: source.contentLength, owner: engine.worker,
            attempt: String(UInt64.random(in: .min ... .max), radix: 16), heartbeat: engine.clock.now())
        var watched: (token: String, since: Duration)?
        while true {
            let stored = try await store.read(name)
            if let stored, watched?.token != stored.token { watched = (stored.token, engine.clock.elapsed()) }
            let quiet = watched.map { engine.clock.elapsed() - $0.since } ?? .zero
            let step = NextStep.decide(
                stored, wanted: mine, now: engine.clock.now(),
                isQuiet: quiet >= .seconds(NextStep.heartbeatLifetime), isRunning: \.isRunningHere)
            if step == .wait {
                try await engine.clock.sleep(.seconds(2))
                continue
            }
            do {
                let lease = CheckpointLease(
                    mine, as: name, in: store, replacing: stored?.token, now: engine.clock.now)
                return try await take(step, source, wanted, lease)
            } catch CheckpointError.conflict {
                // Someone else was faster; what it has written says what to do now.
                watched = nil
            }
        }
    }

    private func take(
        _ step: NextStep, _ source: HeadObjectOutput, _ wanted: DestinationProperties, _ lease: CheckpointLease
    ) async throws -> OpenTransfer? {
        switch step {
        case .finish(let result):
            if let found = try await headDestination(), found.eTag == result.eTag,
                result.versionId == nil || found.versionId == result.versionId
            {
                try await finishUnchanged(source, found, result.proof)
                return nil
            }
        case .resume(let uploadId, let layout, let started):
            return try await resume(source, wanted, uploadId, layout, started: started, lease)
        case .abandon(let uploadId):
            await abort(UploadReference(object: task.destination, id: uploadId, payer: engine.payer))
        case .sweep(let intents):
            let layout = try await layout(of: source)
            return try await begin(source, wanted, layout: layout, lease: lease, after: intents)
        case .start, .wait: break
        }
        return try await begin(source, wanted, layout: try await layout(of: source), lease: lease)
    }

    /// The parts to copy in: the source's own where it has them.
    private func layout(of source: HeadObjectOutput) async throws(TransferFailure) -> PartLayout {
        let reader = SourceParts(
            store: engine.store, object: pinned(source).object, head: source, payer: engine.payer)
        let sizes: [Int64]?
        do throws(AWSError) {
            sizes = try await reader.sizes()
        } catch {
            throw TransferFailure(error)
        }
        let plan = TransferPlan.make(size: source.contentLength, sourceParts: sizes, wishes: engine.wishes)
        guard case .parts(let layout) = plan else { throw tooLarge(source) }
        return layout
    }

    /// Begins a multipart upload. Its checkpoint is written before, and again when the upload's id is known.
    ///
    /// At the times `intents`, earlier attempts meant to begin uploads of which nothing more is known.
    private func begin(
        _ source: HeadObjectOutput, _ wanted: DestinationProperties, layout: PartLayout, lease: CheckpointLease?,
        after intents: [Int64] = []
    ) async throws(TransferFailure) -> OpenTransfer {
        let outcome: Result<OpenTransfer, TransferFailure> = await uncancelled {
            do throws(TransferFailure) {
                return .success(try await self.create(source, wanted, layout, lease, intents))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private func create(
        _ source: HeadObjectOutput, _ wanted: DestinationProperties, _ layout: PartLayout, _ lease: CheckpointLease?,
        _ intents: [Int64]
    ) async throws(TransferFailure) -> OpenTransfer {
        var transfer = OpenTransfer(
            source: source, wanted: wanted, upload: .init(object: task.destination, id: "", payer: engine.payer),
            layout: layout, started: engine.clock.now(), lease: lease)
        let intended: Int64
        do throws(CheckpointError) {
            intended =
                try await lease?.write {
                    $0.layout = layout
                    $0.intents = intents.isEmpty ? nil : intents
                } ?? transfer.started
        } catch {
            throw TransferFailure(error)
        }
        let (created, hasLostReply) = try await createUpload(as: wanted.headers)
        transfer.upload.id = created.id
        transfer.started = created.date ?? intended
        do throws(TransferFailure) {
            try await sweep(hasLostReply ? intents + [intended] : intents, sparing: transfer.upload)
        } catch {
            await abort(transfer.upload)
            throw error
        }
        do throws(CheckpointError) {
            try await lease?.write { [started = transfer.started] in
                $0.state = .running
                $0.uploadId = created.id
                $0.started = started
                $0.intents = nil
            }
        } catch {
            await abort(transfer.upload)
            throw TransferFailure(error)
        }
        return transfer
    }

    /// Sends CreateMultipartUpload, again when its reply is lost: then it may have begun one more.
    private func createUpload(
        as headers: DestinationHeaders
    ) async throws(TransferFailure) -> (CreatedUpload, hasLostReply: Bool) {
        var tries = 0
        while true {
            do throws(AWSError) {
                return (try await engine.store.createUpload(of: task.destination, as: headers), tries > 0)
            } catch {
                tries += 1
                guard error.isTransient, tries < 3 else { throw TransferFailure(error) }
            }
        }
    }

    /// Aborts uploads of this very key that this caller has begun at about these times and that have no part: an
    /// attempt of this task began them and never knew their ids.
    ///
    /// Who this caller is, the listing says of its upload `own`.
    private func sweep(_ intents: [Int64], sparing own: UploadReference) async throws(TransferFailure) {
        guard !intents.isEmpty else { return }
        do throws(AWSError) {
            let uploads = try await engine.store.uploads(of: task.destination)
            for leftover in Leftovers.among(uploads, intents: intents, own: own.id) {
                let upload = UploadReference(object: task.destination, id: leftover.id, payer: engine.payer)
                let parts = try await engine.store.parts(of: upload)
                if parts.isEmpty { await abort(upload) }
            }
        } catch  where ["NoSuchUpload", "NotImplemented", "AccessDenied"].contains(error.code) {
            // It has gone by itself, or nobody may look: a lifecycle rule then removes what is left.
            return
        } catch {
            throw TransferFailure(error)
        }
    }

    /// Goes on with an upload: takes over its checkpoint and asks which parts are there.
    private func resume(
        _ source: HeadObjectOutput, _ wanted: DestinationProperties, _ uploadId: String, _ layout: PartLayout,
        started: Int64?, _ lease: CheckpointLease
    ) async throws -> OpenTransfer? {
        var transfer = OpenTransfer(
            source: source, wanted: wanted,
            upload: UploadReference(object: task.destination, id: uploadId, payer: engine.payer), layout: layout,
            started: started ?? engine.clock.now(), lease: lease)
        try await lease.write {
            $0.state = .running
            $0.layout = layout
            $0.uploadId = uploadId
            $0.started = started
        }
        do throws(AWSError) {
            transfer.present = try await engine.store.parts(of: transfer.upload)
            return transfer
        } catch  where error.code == "NoSuchUpload" {
            if let made = try await madeBefore(transfer) {
                note { $0.parts = layout.count }
                try await finish(transfer, made)
                return nil
            }
            await lease.restart()
            return try await begin(source, wanted, layout: try await self.layout(of: source), lease: lease)
        } catch {
            throw TransferFailure(error)
        }
    }
}
