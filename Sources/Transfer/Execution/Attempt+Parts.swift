import AWSCore
import Jobs
import S3

/// What an attempt has to work on: the upload it goes on with or has begun, and its hold on the checkpoint.
struct OpenTransfer: Sendable {
    var source: HeadObjectOutput
    var wanted: DestinationProperties
    var upload: UploadReference
    var layout: PartLayout
    /// When the upload was begun, in seconds since 1970 by S3's clock.
    var started: Int64
    /// The parts that an earlier attempt has copied.
    var present: [UploadedPart] = []
    var lease: CheckpointLease?
}

extension Attempt {
    /// Copies the source part by part, going on where an earlier attempt was cut off.
    func copyInParts(_ source: HeadObjectOutput) async throws(TransferFailure) {
        try requireWholeMetadata(source)
        let tags = try await sourceTags(source)
        let wanted = properties(of: source, tags: tags, grants: try await grantsIfCopied(source))
        guard let transfer = try await open(source, wanted) else { return }
        note {
            $0.parts = transfer.layout.count
            $0.partsResumed = transfer.present.isEmpty ? nil : transfer.present.count
        }
        let made: MadeObject
        do throws(TransferFailure) {
            made = try await complete(transfer)
        } catch {
            throw await afterwards(error, transfer)
        }
        try await finish(transfer, made)
    }

    private func grantsIfCopied(_ source: HeadObjectOutput) async throws(TransferFailure) -> [String: String] {
        engine.settings.copiesACL ? try await sourceGrants(source) : [:]
    }

    /// Refuses metadata that HeadObject cannot tell, so that a multipart upload could not be given it.
    private func requireWholeMetadata(_ source: HeadObjectOutput) throws(TransferFailure) {
        guard engine.settings.metadata == .copy, let missing = source.missingMetadata, missing > 0 else { return }
        throw TransferFailure(
            "HeadObject",
            "\(task.source) has \(missing) field\(missing == 1 ? "" : "s") of metadata that no header can carry, and "
                + "is too large for one CopyObject, which would keep them",
            advice: "raise --inline-limit to its size where that is 5 GB at most, or say what metadata it gets: "
                + "--metadata NAME=VALUE or --metadata none")
    }

    private func copyParts(_ transfer: OpenTransfer) async throws(TransferFailure) -> [CopiedPart] {
        let copier = PartCopier(
            store: engine.store, source: pinned(transfer.source), upload: transfer.upload, layout: transfer.layout,
            clock: engine.clock, copied: { [engine, task] in engine.copied(task, $0) })
        return try await copier.copyMissing(
            present: transfer.present, parallelism: engine.settings.parallelism,
            keepAlive: { [clock = engine.clock] in await Self.keepAlive(transfer.lease, clock) })
    }

    /// Renews the hold on the checkpoint until it is lost; a store that cannot be reached is asked a few times more.
    private static func keepAlive(_ lease: CheckpointLease?, _ clock: TransferClock) async -> CheckpointError {
        var failures = 0
        while true {
            do {
                try await clock.sleep(.seconds(20))
            } catch {
                return .cancelled
            }
            do throws(CheckpointError) {
                try await lease?.write()
                failures = 0
            } catch {
                failures += 1
                if case .unavailable = error, failures < 3 { continue }
                return error
            }
        }
    }

    /// Copies what is missing and puts the parts together.
    private func complete(_ transfer: OpenTransfer) async throws(TransferFailure) -> MadeObject {
        let parts: [CopiedPart]
        do throws(TransferFailure) {
            parts = try await copyParts(transfer)
        } catch  where error.code == "NoSuchUpload" {
            // Another worker has completed the upload, or someone has aborted it.
            if let made = try await madeBefore(transfer) { return made }
            var failure = error
            failure.mayPass = true
            failure.endsUpload = true
            failure.advice = "try again: it is then begun anew; look for who aborts uploads, as lifecycle rules do"
            throw failure
        }
        let request = Completion(
            upload: transfer.upload, parts: parts, size: transfer.layout.size, condition: absence)
        do throws(AWSError) {
            return try await engine.store.complete(request)
        } catch  where error.isCancellation {
            throw TransferFailure(error)
        } catch {
            if let made = try await madeBefore(transfer, expected: CompositeETag.of(parts)) { return made }
            throw completionFailure(error)
        }
    }

    private func completionFailure(_ error: AWSError) -> TransferFailure {
        var failure = TransferFailure(error)
        switch error.code {
        case "PreconditionFailed":
            failure.message = "\(task.destination) was written by someone else meanwhile (\(error))"
            failure.advice = "allow overwriting, or choose another destination"
        case "ConditionalRequestConflict":
            failure.message = "\(task.destination) was written by someone else at the same time (\(error))"
            failure.advice = "try again: it is then begun anew"
            failure.mayPass = true
            failure.endsUpload = true
        case "InvalidPart":
            // What was said of a part is not what is there: no later attempt could tell which one it is.
            failure.mayPass = true
            failure.endsUpload = true
            failure.advice = "try again: it is then begun anew"
        default: break
        }
        return failure
    }

    /// The destination, when this transfer has made it already: the reply of CompleteMultipartUpload was lost, or an
    /// earlier attempt ended before it could say so.
    ///
    /// It was then written since the upload was begun, in as many bytes and parts, and has the ETag of these parts
    /// where they are known and have MD5s.
    func madeBefore(
        _ transfer: OpenTransfer, expected: String? = nil
    ) async throws(TransferFailure) -> MadeObject? {
        guard let found = try await headDestination(), found.contentLength == transfer.layout.size,
            let modified = found.lastModified.flatMap({ Int64(httpDate: $0) }), modified >= transfer.started - 1
        else { return nil }
        let isProven = found.eTag == expected || ObjectProof.between(transfer.source, found) != nil
        guard isProven || ObjectProof.partCount(eTag: found.eTag) == transfer.layout.count else { return nil }
        return MadeObject(eTag: found.eTag, versionId: found.versionId)
    }

    /// Does what comes after CompleteMultipartUpload.
    func finish(_ transfer: OpenTransfer, _ made: MadeObject) async throws(TransferFailure) {
        try await setTagsAfterwards(transfer.wanted, of: made)
        let proof: TaskRecord.Proof
        do throws(TransferFailure) {
            proof = try await prove(transfer.source, made)
        } catch  where !error.mayPass {
            _ = await uncancelled { try? await transfer.lease?.remove() }
            throw error
        }
        let result = Checkpoint.Result(eTag: made.eTag, versionId: made.versionId, proof: proof)
        // The destination stands and is proven: a checkpoint that cannot say so only costs a later attempt time.
        _ = await uncancelled {
            try? await transfer.lease?.write {
                $0.state = .done
                $0.result = result
            }
        }
    }

    /// Leaves behind what a later attempt needs, or nothing where none can go on.
    private func afterwards(_ failure: TransferFailure, _ transfer: OpenTransfer) async -> TransferFailure {
        if failure.isTakenOver { return failure }
        if failure.mayPass, !failure.endsUpload, let lease = transfer.lease {
            _ = await uncancelled { try? await lease.write { $0.heartbeat = 0 } }
            return failure
        }
        // An upload that could not be aborted is left to a later attempt, which finds it by its checkpoint.
        if await uncancelled({ await self.abort(transfer.upload) }) {
            _ = await uncancelled { try? await transfer.lease?.remove() }
        }
        return failure
    }

    /// Aborts an upload and makes sure that it is gone: parts that were on their way may come in after an abort (API
    /// reference, AbortMultipartUpload).
    ///
    /// - Returns: Whether it is gone.
    @discardableResult
    func abort(_ upload: UploadReference) async -> Bool {
        for _ in 0..<3 {
            do throws(AWSError) {
                try await engine.store.abort(upload)
            } catch  where error.code == "NoSuchUpload" {
                return true
            } catch {
                continue
            }
            do throws(AWSError) {
                _ = try await engine.store.parts(of: upload)
            } catch  where !error.isTransient {
                // It is gone, or nobody may look.
                return true
            } catch {
                continue
            }
        }
        return false
    }
}
