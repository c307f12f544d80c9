internal import AWSCore
internal import Archives
internal import HTTPTransport
internal import Jobs
internal import S3

/// Proves an archive against its index, against itself, and against its sources.
public struct Verifier: Sendable {
    let archive: Archive
    private let concurrency: Int
    private let isDeep: Bool
    private let thawing: Thawing?

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - archive: The archive.
    ///   - concurrency: How many ranges, or sources, are read at a time.
    ///   - isDeep: Whether objects beside the bundle and sources are read, too, where looking at them is not enough.
    ///   - thawing: How to ask for objects beside the archive in a cold storage class; nil for not at all.
    public init(_ archive: Archive, concurrency: Int, isDeep: Bool, thawing: Thawing?) {
        self.archive = archive
        self.concurrency = concurrency
        self.isDeep = isDeep
        self.thawing = thawing
    }

    /// Reads every member as it is restored, and compares size, CRC-32 and MD5 with what the index says.
    ///
    /// - Parameter record: Takes what came of each member.
    /// - Returns: Whether all were read; false where the task was cancelled.
    /// - Throws: What `record` throws, or ``ExtractionError`` where the archive cannot be read on.
    public func members(record: (RestoredMember) async throws -> Void) async throws -> Bool {
        let target = ProofTarget(readsObjects: isDeep)
        return try await Restorer(archive, to: target, concurrency: concurrency, thawing: thawing).run(
            .all, record: record)
    }

    /// Compares every source that is still there with what the index says of it: by size and ETag, or when deep, and the
    /// ETag is another, by its bytes.
    ///
    /// - Parameter record: Takes what came of each source; its `destination` is the source's address.
    /// - Returns: Whether all were compared; false where the task was cancelled.
    /// - Throws: What `record` throws, or ``ExtractionError`` where the index cannot be read on.
    public func sources(record: (RestoredMember) async throws -> Void) async throws -> Bool {
        let list = try await archive.members()
        return try await concurrently(concurrency) {
            try await list.next()
        } carryOut: { [self] member in
            await compare(member)
        } record: { result in
            try await record(result)
        }
    }

    private func compare(_ member: FoundMember) async -> RestoredMember {
        guard let entry = member.entry else {
            return RestoredMember(member, nil, ExtractionError("\(member.key): without an index its source is unknown"))
        }
        let source = ObjectReference(bucket: entry.bucket, key: entry.key, versionId: entry.versionId)
        let place = RestorePlace(text: source.uri)
        do {
            guard let bytes = try await StoredBytes(source, archive.s3) else {
                return RestoredMember(member, place, .sourceGone)
            }
            guard bytes.size == entry.size else {
                throw ExtractionError("\(source) has \(bytes.size) bytes, but \(entry.size) were archived", .damaged)
            }
            if bytes.head.eTag == entry.eTag { return RestoredMember(member, place, .verified) }
            guard isDeep else {
                throw ExtractionError(
                    "\(source) has another ETag than what was archived; --deep compares its bytes", .damaged)
            }
            guard !Restoration.isArchived(bytes.head) else {
                throw ExtractionError(
                    "\(source) has another ETag than what was archived, and is in a cold storage class: its bytes can be "
                        + "compared once it is restored", .cold)
            }
            return try await read(bytes, member, place)
        } catch {
            return RestoredMember(member, place, error)
        }
    }

    private func read(
        _ source: StoredBytes, _ member: FoundMember, _ place: RestorePlace
    ) async throws -> RestoredMember {
        guard member.crc32 != nil || member.md5 != nil else {
            throw ExtractionError("\(source.name): the index has no checksum to compare with", .damaged)
        }
        var check = MemberCheck(member)
        let reader = try await source.reader()
        while let chunk = try await reader.next() { check.update(chunk[...]) }
        do { try check.finish() } catch {
            throw ExtractionError("\(source.name) has other bytes than were archived", .damaged)
        }
        return RestoredMember(member, place, .verified)
    }
}
