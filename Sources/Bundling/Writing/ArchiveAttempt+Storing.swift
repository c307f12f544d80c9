internal import AWSCore
internal import Archives
internal import S3

extension ArchiveAttempt {
    /// Stores the archive, the copies beside it, the dead letters and the indexes, in this order.
    func commit(_ archive: ObjectUpload) async throws -> Result {
        if outcome.archived > 0 {
            if let result = try await storeArchive(archive) { return result }
            outcome.archive = place.archive
        } else {
            outcome.archiveSize = 0
        }
        try await copyBeside()
        guard outcome.archived > 0 else {
            // Sources that are gone may be those that another attempt has archived.
            try checkMayFinish()
            if try await isFinished(in: superseded + [place]) { return .taken }
            outcome.status = .empty
            outcome.deadLetters = try await letters.finish()
            return .stored(outcome)
        }
        // Before the index, which says that nothing is left to be done.
        outcome.deadLetters = try await letters.finish()
        // What stands besides the index must be that of whoever stored the index.
        if try await isFinished(in: indexes.count > 1 ? superseded + [place] : superseded) { return .taken }
        try checkMayFinish()
        for index in indexes {
            guard try await index.store(mark: mark) else { return .taken }
        }
        outcome.index = place.index(.jsonLines)
        outcome.notes = superseded.map(\.leftover)
        return .stored(outcome)
    }

    private func checkMayFinish() throws {
        guard bundler.mayFinish?() == false else { return }
        throw BundleFailure("Bundle", "another worker may have taken this bundle meanwhile", mayPass: true)
    }

    /// Whether another attempt has stored the index of this bundle in one of these places.
    private func isFinished(in places: [BundlePlace]) async throws -> Bool {
        for place in places {
            let index = try await store.existing(place.index(.jsonLines))
            if index?.properties.metadata[BundleMark.name] == mark { return true }
        }
        return false
    }

    /// Stores the archive and proves it.
    ///
    /// - Returns: Why it is not; `nil` when it is, be it by an earlier attempt.
    private func storeArchive(_ archive: ObjectUpload) async throws -> Result? {
        var isOurs = true
        do {
            try await archive.complete(.absent)
        } catch let error as AWSError where Self.mayStand(error) {
            isOurs = false
        }
        guard let head = try await store.existing(place.archive) else {
            if isOurs {
                throw BundleFailure(
                    "HeadObject", "\(place.archive) is not there though it was stored",
                    advice: "find out who removes objects there")
            }
            throw BundleFailure("CompleteMultipartUpload", "\(place.archive) was not stored", mayPass: true)
        }
        let matches = archive.matches(head)
        if isOurs, matches == false {
            throw BundleFailure(
                "HeadObject", "\(place.archive) is not what was sent: \(head.contentLength) bytes, ETag \(head.eTag)",
                advice: "delete it: it has no index; nothing of its sources was touched")
        }
        if isOurs || matches == true && head.properties.metadata[BundleMark.name] == mark { return nil }
        return head.properties.metadata[BundleMark.name] == mark ? .superseded : .taken
    }

    /// Whether an error of the last request may mean that the object is there: somebody was faster, or it was us and
    /// the reply was lost, or somebody who was faster has aborted our upload.
    static func mayStand(_ error: AWSError) -> Bool {
        ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchUpload"].contains(error.code)
            || error.isTransient && error.service == nil
    }
}
