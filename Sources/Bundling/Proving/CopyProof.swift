internal import AWSCore
internal import Archives
internal import Jobs
internal import S3

/// Proves the copies beside an archive, by what the index says of them.
struct CopyProof: Sendable {
    let store: any BundleStore
    /// Whether sources and copies are read and compared, too.
    let isDeep: Bool
    let requesterPays: Bool

    private static let rangeSize: Int64 = 8 << 20
    /// How many ranges of each are in memory at a time.
    private static let ranges = 4

    /// Proves a copy.
    ///
    /// Indexes of earlier versions say nothing of its ETag, and its size has to do.
    ///
    /// - Throws: `BundleFailure` where the copy is not what was indexed; `AWSError`.
    func prove(_ entry: IndexEntry) async throws {
        let copy = try ObjectReference(uri: entry.archive)
        guard let head = try await store.existing(copy) else { throw refusal(entry, "\(copy) is not there") }
        guard head.contentLength == entry.size else {
            throw refusal(entry, "\(copy) has \(head.contentLength) bytes, not \(entry.size)")
        }
        guard entry.copyETag ?? head.eTag == head.eTag else {
            throw refusal(entry, "\(copy) has another ETag than when it was made")
        }
        if let made = entry.copyChecksum, let found = head.wholeChecksum, made != found {
            throw refusal(entry, "\(copy) has the checksum \(found), not \(made)")
        }
        if isDeep, !Restoration.isArchived(head) { try await compare(entry, copy, head.eTag) }
    }

    /// Reads source and copy; a source that is gone or has changed will not be deleted, and is not compared.
    private func compare(_ entry: IndexEntry, _ copy: ObjectReference, _ eTag: String) async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, start) in stride(from: 0, to: entry.size, by: Int(Self.rangeSize)).enumerated() {
                    if number >= Self.ranges { try await group.next() }
                    let range = start...(min(start + Self.rangeSize, entry.size) - 1)
                    group.addTask {
                        let found = try await source(of: entry, range)
                        guard try await bytes(of: copy, eTag, range) == found else {
                            throw refusal(entry, "\(copy) has other bytes than its source, from byte \(start) on")
                        }
                    }
                }
                try await group.waitForAll()
            }
        } catch is SourceGone {}
    }

    private struct SourceGone: Error {}

    private func source(of entry: IndexEntry, _ range: ClosedRange<Int64>) async throws -> [UInt8] {
        let source = ObjectReference(bucket: entry.bucket, key: entry.key, versionId: entry.versionId)
        do {
            return try await bytes(of: source, entry.eTag, range)
        } catch let error as AWSError where error.status == 404 || error.code == "PreconditionFailed" {
            throw SourceGone()
        }
    }

    private func bytes(
        of object: ObjectReference, _ eTag: String?, _ range: ClosedRange<Int64>
    ) async throws -> [UInt8] {
        var request = GetObjectRequest(object)
        request.range = range
        request.ifMatch = eTag
        request.requesterPays = requesterPays
        return try await store.whole(request, collectingUpTo: Int(Self.rangeSize)).bytes
    }

    private func refusal(_ entry: IndexEntry, _ message: String) -> BundleFailure {
        BundleFailure(
            "ReadBack", "\(message): it is no copy of s3://\(entry.bucket)/\(entry.key)", advice: "its source is kept")
    }
}
