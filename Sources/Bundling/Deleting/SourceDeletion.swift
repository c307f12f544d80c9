internal import AWSCore
internal import Archives
internal import FoundationEssentials
internal import Jobs
internal import S3

/// Deletes the sources of a bundle: what its index lists, once the archive was read back by that index.
///
/// Every delete is conditional on the version or the ETag that was archived. What changed since stays, and is told.
struct SourceDeletion {
    private let bundler: Bundler
    private let index: StoredIndex
    private let place: BundlePlace
    private let record: ((TaskRecord) async throws -> Void)?
    private let log: ObjectUpload

    init(
        _ bundler: Bundler, _ index: StoredIndex, _ place: BundlePlace, _ record: ((TaskRecord) async throws -> Void)?
    ) {
        self.bundler = bundler
        self.index = index
        self.place = place
        self.record = record
        var headers = DestinationHeaders()
        headers.properties.contentType = "application/x-ndjson"
        headers.requesterPays = bundler.settings.copy.requesterPays
        log = ObjectUpload(
            place.deletions(attempt: AttemptName.new(now: bundler.now())), as: headers, bundler.store)
    }

    /// Proves the archive and deletes.
    ///
    /// - Parameter outcome: What became of the bundle so far.
    /// - Returns: The same, with what was deleted and kept; sources stay where the archive does not prove.
    func run(_ outcome: BundleOutcome) async -> BundleOutcome {
        var outcome = outcome
        do {
            let copy = bundler.settings.copy
            try await ReadBack(index, of: place.archive, bundler.store, requesterPays: copy.requesterPays)
                .prove(copy.verification)
            let deleter = ObjectDeleter(bundler.store, bundler.settings)
            var batch: [IndexEntry] = []
            try await index.forEach { entry in
                if batch.count == DeleteObjectsRequest.maximumObjects
                    || batch.first?.bucket ?? entry.bucket != entry.bucket
                {
                    try await delete(batch, deleter, &outcome)
                    batch = []
                }
                batch.append(entry)
            }
            if !batch.isEmpty { try await delete(batch, deleter, &outcome) }
        } catch {
            let failure = BundleFailure(any: error)
            outcome.status = failure.mayPass || Task.isCancelled ? .interrupted : .failed
            outcome.failure = failure
        }
        do {
            // What was deleted before a failure is recorded, too.
            if log.size > 0 { try await log.complete(.none) }
            let logs = ObjectReference(bucket: place.archive.bucket, key: "\(place.archive.key).deleted.")
            await bundler.store.abortUploads(under: logs) { [place] in place.isDeletions($0) }
        } catch {
            outcome.failure = outcome.failure ?? BundleFailure(any: error)
            if outcome.isDone { outcome.status = .interrupted }
        }
        return outcome
    }

    private func delete(
        _ batch: [IndexEntry], _ deleter: ObjectDeleter, _ outcome: inout BundleOutcome
    ) async throws {
        for (entry, failure) in zip(batch, try await deleter.delete(batch)) {
            var done = TaskRecord(entry, failure == nil ? .deleted : .failed, run: bundler.run)
            if let failure {
                outcome.kept += 1
                done = done.with(failure)
            } else {
                outcome.deleted += 1
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try await log.append(Array(try encoder.encode(done)) + [UInt8(ascii: "\n")])
            try await record?(done)
        }
    }
}
