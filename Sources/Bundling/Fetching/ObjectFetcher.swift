internal import AWSCore
internal import Checksums
internal import HTTPTransport
internal import Jobs
internal import Manifests
internal import S3

/// Gets one object: by one GetObject where it is small, and nothing besides but its tags where it has any, and
/// its ACL where that is to be kept.
///
/// Whether it has any is not asked for here while nothing is known of its bucket: `TagAccess` says why.
struct ObjectFetcher: Sendable {
    let store: any BundleStore
    let maxSize: Int64
    let requesterPays: Bool
    let keepsGrants: Bool
    let tagAccess: TagAccess

    /// Larger objects are read range by range.
    static let wholeLimit = 8 << 20
    /// What is reserved for an object whose size the manifest does not say.
    static let unknownSize = 1 << 20
    /// The least that a transport takes into memory, whatever it is told.
    private static let leastLimit = 256 << 10

    /// How much memory is to be kept for an object until its turn comes, in bytes.
    static func room(for row: ManifestRow) -> Int {
        guard let size = row.size else { return unknownSize }
        return size > Int64(wholeLimit) ? 0 : max(Int(size), 1 << 10)
    }

    /// Gets an object; what is larger than its room comes without bytes.
    func fetch(_ row: ManifestRow, ordinal: Int) async -> Fetched {
        do throws(AWSError) {
            if let size = row.size, size > min(Int64(Self.wholeLimit), maxSize) { return try await open(row, ordinal) }
            do throws(AWSError) {
                return try await whole(row, ordinal)
            } catch {
                guard error.isTooLarge else { throw error }
                return try await open(row, ordinal)
            }
        } catch {
            return failure(error, row, ordinal)
        }
    }

    private func whole(_ row: ManifestRow, _ ordinal: Int) async throws(AWSError) -> Fetched {
        var request = GetObjectRequest(row.reference)
        request.ifMatch = row.versionId == nil ? row.eTag : nil
        request.requesterPays = requesterPays
        var damaged = ""
        // Bytes that are not what the ETag says were damaged on the way or in the store; twice is no accident.
        for _ in 0..<2 {
            let found = try await store.whole(request, collectingUpTo: max(Self.room(for: row), Self.leastLimit))
            let md5 = await computing(on: found.bytes.count) { MD5.digest(found.bytes)?.hexadecimal }
            if let expected = found.head.md5, let md5, md5 != expected {
                damaged = "the bytes have the MD5 \(md5), the ETag says \(expected)"
                continue
            }
            var object = FetchedObject(
                ordinal: ordinal, row: row, head: found.head, content: .whole(found.bytes))
            object.md5 = found.head.md5 == nil ? md5 : nil
            if found.head.contentLength > maxSize { object.content = .oversize }
            try await addTagsAndGrants(&object)
            return .object(object)
        }
        return .failed(
            DeadLetter(
                row: row, failure: BundleFailure("GetObject", "\(row.reference): \(damaged)", code: "BadDigest")),
            ordinal: ordinal)
    }

    /// Asks what the object is like, whose bytes are read later.
    private func open(_ row: ManifestRow, _ ordinal: Int) async throws(AWSError) -> Fetched {
        var request = HeadObjectRequest(row.reference)
        request.requesterPays = requesterPays
        let head = try await store.headObject(request)
        if Restoration.isArchived(head) {
            let failure = BundleFailure(
                "HeadObject", "\(row.reference) is in \(head.properties.storageClass ?? "an archive class")",
                code: "InvalidObjectState", advice: "restore it from its archive class first")
            return .failed(DeadLetter(row: row, failure: failure), ordinal: ordinal)
        }
        if row.versionId == nil, let expected = row.eTag, expected != head.eTag {
            return .failed(DeadLetter(row: row, failure: .changed(row.reference)), ordinal: ordinal)
        }
        var object = FetchedObject(ordinal: ordinal, row: row, head: head, content: .large)
        if head.contentLength > maxSize { object.content = .oversize }
        try await addTagsAndGrants(&object)
        return .object(object)
    }

    private func addTagsAndGrants(_ object: inout FetchedObject) async throws(AWSError) {
        try await addTags(&object)
        guard keepsGrants else { return }
        var request = GetObjectAclRequest(object.reference)
        request.requesterPays = requesterPays
        object.grants = try await store.getObjectAcl(request).grantHeaders
    }

    private func addTags(_ object: inout FetchedObject) async throws(AWSError) {
        object.hasAllTags = true
        if let count = object.head.tagCount {
            guard count > 0 else { return }
            var request = ObjectTaggingRequest(object.reference)
            request.requesterPays = requesterPays
            object.tags = try await store.getObjectTagging(request)
            return tagAccess.learn(.untagged, of: object.row.bucket)
        }
        switch tagAccess[object.row.bucket] {
        case .untagged: break
        case .uncounted:
            object.tags = try await tagAccess.ask(object.reference, store, requesterPays: requesterPays)
        case .refused(let code): object.tagsError = code
        case nil: object.hasAllTags = false
        }
    }

    private func failure(_ error: AWSError, _ row: ManifestRow, _ ordinal: Int) -> Fetched {
        switch error.reason {
        // Nothing else can be had either.
        case .credentials, .configuration, .cancelled: return .ended(BundleFailure(error))
        default: break
        }
        let failure = error.code == "PreconditionFailed" ? .changed(row.reference) : BundleFailure(error)
        return .failed(DeadLetter(row: row, failure: failure), ordinal: ordinal)
    }
}

extension ManifestRow {
    /// The object.
    var reference: ObjectReference { ObjectReference(bucket: bucket, key: key, versionId: versionId) }
}

extension BundleFailure {
    /// An object is not what the manifest says, or what it was when its reading began.
    static func changed(_ object: ObjectReference) -> BundleFailure {
        BundleFailure(
            "GetObject", "\(object) changed since the manifest was written", code: "PreconditionFailed",
            advice: "write a new manifest")
    }
}

extension HeadObjectOutput {
    /// The MD5 of the bytes, where the ETag is one: not of parts, and not under KMS (User Guide, "Checking object
    /// integrity").
    var md5: String? {
        let encryption = properties.serverSideEncryption ?? "AES256"
        guard encryption == "AES256", eTag.utf8.count == 32, eTag.utf8.allSatisfy(\.isHexadecimal) else { return nil }
        return eTag.lowercased()
    }

    /// The checksum over all bytes, as an index says it: `CRC64NVME:` and its base64; `nil` for one of parts.
    var wholeChecksum: String? {
        guard let checksum, checksum.type != "COMPOSITE", !checksum.value.contains("-") else { return nil }
        return "\(checksum.algorithm):\(checksum.value)"
    }
}

extension UInt8 {
    fileprivate var isHexadecimal: Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
}

extension BundleStore {
    /// GetObject, asked again where the reply cannot be understood: no harm is done by it.
    func whole(
        _ request: GetObjectRequest, collectingUpTo limit: Int
    ) async throws(AWSError) -> CollectedObject {
        for _ in 0..<2 {
            do {
                return try await getObject(request, collectingUpTo: limit)
            } catch {
                guard case .malformedResponse = error.reason else { throw error }
            }
        }
        return try await getObject(request, collectingUpTo: limit)
    }
}

extension AWSError {
    /// Whether the body is larger than its reader is ready to hold.
    fileprivate var isTooLarge: Bool {
        if case .transport(let error) = reason { error.phase == .limit } else { false }
    }
}
