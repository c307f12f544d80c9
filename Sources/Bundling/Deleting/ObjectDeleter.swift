internal import AWSCore
internal import Archives
internal import Jobs
internal import S3

/// Deletes objects on the condition that they are still what was archived.
///
/// Stores that ignore the ETag in DeleteObjects are found out by asking to delete the first object with a wrong one:
/// it is archived and unchanged, so that nothing is lost where they do. There every object is looked at first.
final class ObjectDeleter {
    private let store: any BundleStore
    private let deletesVersions: Bool
    private let requesterPays: Bool
    /// Whether DeleteObjects looks at ETags; `nil` while that is not known.
    private var looksAtETags: Bool?

    private static let concurrency = 32
    /// No object has it.
    private static let wrongETag = String(repeating: "0", count: 32)

    init(_ store: any BundleStore, _ settings: RunSettings) {
        self.store = store
        deletesVersions = settings.bundle.deletesVersions
        requesterPays = settings.copy.requesterPays
    }

    /// Deletes objects of one bucket, 1,000 at most.
    ///
    /// - Returns: For each, why it is still there; `nil` where it is gone.
    /// - Throws: `AWSError` where S3 cannot be reached.
    func delete(_ entries: [IndexEntry]) async throws -> [BundleFailure?] {
        var results = [BundleFailure?](repeating: nil, count: entries.count)
        for (position, entry) in entries.enumerated() { results[position] = entry.tagsFailure }
        var left = entries.indices.filter { results[$0] == nil }
        if looksAtETags == nil, let probe = left.first(where: { !isByVersion(entries[$0]) }) {
            (looksAtETags, results[probe]) = try await self.probe(entries[probe])
            if looksAtETags != true { left.removeAll { $0 == probe } }
        }
        // Also where it is not known, since the one that was asked for was gone or had changed.
        if looksAtETags != true {
            let single = left.filter { !isByVersion(entries[$0]) }
            for (position, failure) in try await deleteSingly(single.map { ($0, entries[$0]) }) {
                results[position] = failure
            }
            left.removeAll { !isByVersion(entries[$0]) }
        }
        guard !left.isEmpty else { return results }
        let failures = try await deleteTogether(left.map { entries[$0] })
        for (position, failure) in zip(left, failures) { results[position] = failure }
        return results
    }

    /// Whether an entry's own version is deleted: no other bytes can ever be under it.
    private func isByVersion(_ entry: IndexEntry) -> Bool {
        deletesVersions && entry.versionId != nil && entry.versionId != "null"
    }

    private func identifier(_ entry: IndexEntry) -> ObjectIdentifier {
        if isByVersion(entry) { return ObjectIdentifier(key: entry.key, versionId: entry.versionId) }
        let version = deletesVersions ? entry.versionId : nil
        return ObjectIdentifier(key: entry.key, versionId: version, eTag: entry.eTag)
    }

    private func deleteTogether(_ entries: [IndexEntry]) async throws -> [BundleFailure?] {
        guard let bucket = entries.first?.bucket else { return [] }
        var request = DeleteObjectsRequest(bucket: bucket, objects: entries.map(identifier))
        request.requesterPays = requesterPays
        let reply = DeleteReply(try await store.deleteObjects(request), of: bucket)
        var results: [BundleFailure?] = []
        for entry in entries {
            let identifier = identifier(entry)
            let object = ObjectReference(bucket: bucket, key: entry.key, versionId: identifier.versionId)
            if let failure = reply.failed[object] {
                results.append(try await explain(failure, entry))
            } else {
                results.append(reply.deleted.contains(object) ? nil : reply.unconfirmed(object))
            }
        }
        return results
    }

    /// Why an object was not deleted; `nil` where it was gone before.
    private func explain(_ failure: DeleteObjectsOutput.Failed, _ entry: IndexEntry) async throws -> BundleFailure? {
        if ["PreconditionFailed", "NoSuchKey", "NoSuchVersion"].contains(failure.code) {
            guard try await current(entry) != nil else { return nil }
            return .kept(entry)
        }
        return BundleFailure(
            "DeleteObjects", "s3://\(entry.bucket)/\(entry.key): \(failure.code): \(failure.message)",
            code: failure.code, advice: "allow s3:DeleteObject on it (s3:DeleteObjectVersion for a version)")
    }

    /// Finds out whether DeleteObjects looks at ETags, by asking to delete an object with a wrong one.
    private func probe(_ entry: IndexEntry) async throws -> (Bool?, BundleFailure?) {
        guard let head = try await current(entry) else { return (nil, nil) }
        guard head.eTag == entry.eTag else { return (nil, .kept(entry)) }
        var wrong = identifier(entry)
        wrong.eTag = Self.wrongETag
        var request = DeleteObjectsRequest(bucket: entry.bucket, objects: [wrong])
        request.requesterPays = requesterPays
        let reply = try await store.deleteObjects(request)
        guard let failed = reply.failed.first else {
            let object = ObjectReference(bucket: entry.bucket, key: entry.key, versionId: wrong.versionId)
            let known = DeleteReply(reply, of: entry.bucket)
            return known.deleted.contains(object) ? (false, nil) : (nil, known.unconfirmed(object))
        }
        if failed.code == "PreconditionFailed" { return (true, nil) }
        return (nil, try await explain(failed, entry))
    }

    private func deleteSingly(_ entries: [(Int, IndexEntry)]) async throws -> [(Int, BundleFailure?)] {
        try await withThrowingTaskGroup(of: (Int, BundleFailure?).self) { group in
            let one = SingleDeletion(store: store, requesterPays: requesterPays)
            var results: [(Int, BundleFailure?)] = []
            for (number, (position, entry)) in entries.enumerated() {
                if number >= Self.concurrency, let done = try await group.next() { results.append(done) }
                let identifier = identifier(entry)
                group.addTask { (position, try await one.delete(entry, identifier)) }
            }
            for try await done in group { results.append(done) }
            return results
        }
    }

    private func current(_ entry: IndexEntry) async throws -> HeadObjectOutput? {
        let object = ObjectReference(bucket: entry.bucket, key: entry.key, versionId: identifier(entry).versionId)
        return try await store.existing(object, requesterPays: requesterPays)
    }
}

/// What DeleteObjects says of each object that it was asked for.
private struct DeleteReply {
    let deleted: Set<ObjectReference>
    let failed: [ObjectReference: DeleteObjectsOutput.Failed]
    private let stray: DeleteObjectsOutput.Failed?

    init(_ output: DeleteObjectsOutput, of bucket: String) {
        deleted = Set(output.deleted.map { ObjectReference(bucket: bucket, key: $0.key, versionId: $0.versionId) })
        failed = Dictionary(
            output.failed.map { (ObjectReference(bucket: bucket, key: $0.key, versionId: $0.versionId), $0) },
            uniquingKeysWith: { first, _ in first })
        stray = output.failed.first
    }

    /// Why an object is not taken for deleted that the reply does not name; an error that names no object is of all.
    func unconfirmed(_ object: ObjectReference) -> BundleFailure {
        BundleFailure(
            "DeleteObjects",
            "\(object) may be there yet: S3 did not confirm that it was deleted"
                + (stray.map { ", and said \($0.code): \($0.message)" } ?? ""),
            code: stray?.code ?? "Unconfirmed", advice: "give the same command again")
    }
}

/// Deletes one object, after a look at it.
private struct SingleDeletion: Sendable {
    let store: any BundleStore
    let requesterPays: Bool

    func delete(_ entry: IndexEntry, _ identifier: ObjectIdentifier) async throws -> BundleFailure? {
        let object = ObjectReference(bucket: entry.bucket, key: entry.key, versionId: identifier.versionId)
        guard let head = try await store.existing(object, requesterPays: requesterPays) else { return nil }
        guard head.eTag == entry.eTag else { return .kept(entry) }
        var request = DeleteObjectRequest(object)
        request.ifMatch = entry.eTag
        request.requesterPays = requesterPays
        do {
            _ = try await store.deleteObject(request)
            return nil
        } catch {
            if error.isTransient || error.isCancellation { throw error }
            if error.status == 404 { return nil }
            return error.code == "PreconditionFailed" ? .kept(entry) : BundleFailure(error)
        }
    }
}

extension IndexEntry {
    /// Why its source must stay whatever is proven: the archive has all of it but its tags.
    fileprivate var tagsFailure: BundleFailure? {
        tagsError.map { code in
            BundleFailure(
                "GetObjectTagging", "s3://\(bucket)/\(key) was archived without its tags (\(code)), and is kept",
                code: code,
                advice: "allow s3:GetObjectTagging on it, and archive it again under another --name")
        }
    }
}

extension BundleFailure {
    /// A source is not what was archived any more.
    fileprivate static func kept(_ entry: IndexEntry) -> BundleFailure {
        BundleFailure(
            "DeleteObjects", "s3://\(entry.bucket)/\(entry.key) changed since it was archived, and is kept",
            code: "PreconditionFailed", advice: "archive it again with a new manifest")
    }
}
