import AWSCore
import HTTPTransport
import Jobs
import S3

/// One attempt at one task: what is known of it, and the steps that all ways to copy share.
final class Attempt: Sendable {
    let engine: TransferEngine
    let task: CopyTask
    private let start: Duration
    private let outcome: Locked<TaskRecord>

    init(_ engine: TransferEngine, _ task: CopyTask) {
        self.engine = engine
        self.task = task
        start = engine.clock.elapsed()
        outcome = Locked(
            TaskRecord(run: engine.run, source: task.source, destination: task.destination, outcome: .copied))
    }

    /// Carries the task out and says what became of it.
    func record(
        _ body: (Attempt) async throws(TransferFailure) -> Void
    ) async -> TaskRecord {
        let counter = RequestCounter()
        do throws(TransferFailure) {
            try await counter.counting { () throws(TransferFailure) in try await body(self) }
        } catch {
            note { $0.tell(error) }
        }
        return outcome.withLock { record in
            record.requests = counter.count
            record.seconds = (engine.clock.elapsed() - start) / .seconds(1)
            return record
        }
    }

    /// Notes something in the record.
    func note(_ change: (inout TaskRecord) -> Void) { outcome.withLock { change(&$0) } }

    /// Notes what a listing says of the source.
    func note(listed source: ListedObject) {
        note {
            $0.size = source.size
            $0.sourceETag = source.eTag
        }
    }

    // MARK: - What is there

    /// Asks for the source.
    func headSource() async throws(TransferFailure) -> HeadObjectOutput {
        let head: HeadObjectOutput
        do throws(AWSError) {
            head = try await self.head(task.source)
        } catch {
            throw sourceFailure(error)
        }
        try requireReadable(head)
        return head
    }

    /// Asks for the destination; `nil` when nothing is there.
    func headDestination(version: String? = nil) async throws(TransferFailure) -> HeadObjectOutput? {
        var object = task.destination
        object.versionId = version
        do throws(AWSError) {
            return try await head(object)
        } catch  where error.status == 404 {
            return nil
        } catch {
            throw TransferFailure(error)
        }
    }

    private func head(_ object: ObjectReference) async throws(AWSError) -> HeadObjectOutput {
        var request = HeadObjectRequest(object)
        request.requesterPays = engine.settings.requesterPays
        return try await engine.store.head(request)
    }

    private func sourceFailure(_ error: AWSError) -> TransferFailure {
        var failure = TransferFailure(error)
        let isMarker = error.service?.headers["x-amz-delete-marker"] == "true"
        switch error.status {
        case 404 where isMarker, 405:
            failure.message = "\(task.source) is a delete marker (\(error))"
            failure.advice = "name the version to copy, or take it out of the manifest"
        case 404:
            failure.message = "\(task.source) is not there (\(error))"
            failure.advice = "take it out of the manifest, or check bucket, key and version"
        default: break
        }
        return failure
    }

    /// Refuses an object whose bytes cannot be read for now.
    func requireReadable(_ source: HeadObjectOutput) throws(TransferFailure) {
        note {
            $0.size = source.contentLength
            $0.sourceETag = source.eTag
        }
        guard Restoration.isArchived(source) else { return }
        let place = source.properties.storageClass ?? source.archiveStatus ?? "an archive"
        var failure = TransferFailure("HeadObject", "\(task.source) is in \(place) and not restored")
        failure.code = "InvalidObjectState"
        failure.advice =
            Restoration.isUnderWay(source)
            ? "try again when its restoration, which is under way, is finished"
            : "restore it with RestoreObject, and try again when that is finished"
        throw failure
    }

    // MARK: - What is wanted

    /// The source as it is copied: in the version that HeadObject saw, so that no other is copied in its place.
    func pinned(_ source: HeadObjectOutput) -> CopySource {
        var object = task.source
        if let version = source.versionId, version != "null" { object.versionId = object.versionId ?? version }
        return CopySource(object, eTag: source.eTag)
    }

    /// What the destination is to be like, as far as it is known without asking for tags and ACL.
    func properties(
        of source: HeadObjectOutput, tags: [Tag] = [], grants: [String: String] = [:]
    ) -> DestinationProperties {
        DestinationProperties(
            source: source, tags: tags, grants: grants, settings: engine.settings, now: engine.clock.now())
    }

    /// What may be at the destination where nothing is known of it.
    var absence: WriteCondition { engine.settings.overwrites ? .none : .absent }

    /// Copies the source by whichever way its size asks for, unless it is there already.
    func copy(_ source: HeadObjectOutput) async throws(TransferFailure) {
        let wanted = properties(of: source)
        if try await isUnchanged(source, wanted) { return }
        if TransferPlan.isWhole(size: source.contentLength, wishes: engine.wishes) {
            try await copyWhole(source, wanted, condition: absence)
        } else {
            try await copyInParts(source)
        }
    }

    /// Says what `copy` would do.
    func plan(_ source: HeadObjectOutput) async throws(TransferFailure) {
        if try await isUnchanged(source, properties(of: source)) { return }
        guard let plan = TransferPlan.make(size: source.contentLength, wishes: engine.wishes) else {
            throw tooLarge(source)
        }
        let parts =
            switch plan {
            case .whole: 1
            case .parts(let layout): ObjectProof.partCount(eTag: source.eTag) ?? layout.count
            }
        note {
            $0.outcome = .planned
            $0.parts = parts
            $0.message = plan == .whole ? "would be copied by CopyObject" : "would be copied in \(parts) parts"
        }
    }

    func tooLarge(_ source: HeadObjectOutput) -> TransferFailure {
        TransferFailure("Plan", "\(task.source) has \(source.contentLength) bytes, which is no size of an object in S3")
    }

    /// Whether the destination is its source already; it is an error when it is something else and must stay.
    private func isUnchanged(
        _ source: HeadObjectOutput, _ wanted: DestinationProperties
    ) async throws(TransferFailure) -> Bool {
        guard let found = try await headDestination() else { return false }
        let overwrites = engine.settings.overwrites
        if let proof = ObjectProof.between(source, found) {
            // Where nothing may be replaced, the same bytes are all that there can be.
            var isKept = !overwrites
            if !isKept, wanted.areThose(of: found) { isKept = try await hasTags(of: source, wanted, found) }
            if isKept {
                try await finishUnchanged(source, found, proof)
                return true
            }
        }
        if overwrites { return false }
        // An earlier attempt may have made it; S3 refuses to replace it where it has not.
        if await hasCheckpoint(), !TransferPlan.isWhole(size: source.contentLength, wishes: engine.wishes) {
            return false
        }
        throw somethingElse(found)
    }

    private func hasCheckpoint() async -> Bool {
        guard let checkpoints = engine.checkpoints else { return false }
        return (try? await checkpoints.read(Checkpoint.name(of: task)))?.checkpoint != nil
    }

    /// Whether what is there has the tags that it is to have; their numbers are equal.
    private func hasTags(
        of source: HeadObjectOutput, _ known: DestinationProperties, _ found: HeadObjectOutput
    ) async throws(TransferFailure) -> Bool {
        guard known.tagCount > 0 else { return true }
        let wanted = known.keepsTags ? properties(of: source, tags: try await sourceTags(source)) : known
        var destination = task.destination
        destination.versionId = found.versionId
        return Set(try await tags(of: destination)) == Set(wanted.headers.tags ?? wanted.tagsAfterwards ?? [])
    }

    /// The source's tags, where they are copied.
    ///
    /// HeadObject tells of tags only those who may read them (API reference, HeadObject), so silence is not "none".
    func sourceTags(_ source: HeadObjectOutput) async throws(TransferFailure) -> [Tag] {
        guard engine.settings.tags == .copy, source.tagCount != 0 else { return [] }
        do throws(TransferFailure) {
            return try await tags(of: pinned(source).object)
        } catch  where error.code == "NotImplemented" && source.tagCount == nil {
            return []
        } catch  where error.code == "AccessDenied" {
            var failure = error
            failure.advice =
                "allow s3:GetObjectTagging (s3:GetObjectVersionTagging for a version) on it, or copy without tags: "
                + "--tags none"
            throw failure
        }
    }

    private func tags(of object: ObjectReference) async throws(TransferFailure) -> [Tag] {
        do throws(AWSError) {
            return try await engine.store.tags(of: object, payer: engine.payer)
        } catch {
            throw TransferFailure(error)
        }
    }

    /// Says that the destination was its source before this attempt.
    func finishUnchanged(
        _ source: HeadObjectOutput, _ found: HeadObjectOutput, _ proof: TaskRecord.Proof
    ) async throws(TransferFailure) {
        let deep = try await comparedDeeply(source, found)
        note {
            $0.outcome = .unchanged
            $0.proof = deep ?? proof
            $0.destinationETag = found.eTag
            $0.destination?.versionId = found.versionId
        }
    }

    private func somethingElse(_ found: HeadObjectOutput) -> TransferFailure {
        var failure = TransferFailure(
            "HeadObject",
            "\(task.destination) is another object already (\(found.contentLength) bytes, ETag \(found.eTag))")
        failure.code = "PreconditionFailed"
        failure.advice = "allow overwriting, or choose another destination"
        return failure
    }

    /// What stands at a destination that was to be empty: the source's copy, or something else.
    func resolveOccupied(_ source: HeadObjectOutput, _ wanted: DestinationProperties) async throws(TransferFailure) {
        guard let found = try await headDestination() else {
            throw TransferFailure(
                "HeadObject", "\(task.destination) was written and removed by someone else meanwhile", mayPass: true)
        }
        guard let proof = ObjectProof.between(source, found) else { throw somethingElse(found) }
        try await finishUnchanged(source, found, proof)
    }
}

extension TaskRecord {
    /// Says why there is no proven destination.
    fileprivate mutating func tell(_ failure: TransferFailure) {
        outcome = failure.mayPass ? .interrupted : .failed
        proof = nil
        step = failure.step
        errorCode = failure.code
        requestId = failure.requestId
        message = failure.message
        advice = failure.advice
    }
}
