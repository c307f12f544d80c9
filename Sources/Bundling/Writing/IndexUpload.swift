internal import AWSCore
internal import Archives
internal import S3

/// Writes an index while its archive is written; it is stored when the archive is proven.
final class IndexUpload {
    let upload: ObjectUpload
    private let format: IndexFormat
    private var writer: IndexWriter
    private let store: any BundleStore

    init(
        _ format: IndexFormat, _ place: BundlePlace, _ headers: DestinationHeaders, attempt: String,
        _ store: any BundleStore
    ) {
        var headers = headers
        headers.properties.metadata[BundleMark.attempt] = attempt
        // An index is there to be searched at any time, whatever the archive's class.
        headers.properties.storageClass = nil
        headers.properties.contentType = "application/gzip"
        upload = ObjectUpload(place.index(format), as: headers, store)
        writer = IndexWriter(format)
        self.store = store
        self.format = format
    }

    /// Adds an entry.
    func append(_ entry: IndexEntry) async throws {
        let bytes = try writer.append(entry)
        if !bytes.isEmpty { try await upload.append(bytes) }
    }

    /// Stores the index.
    ///
    /// Only the one in JSON Lines says that a bundle is finished: another form that an attempt left without it is
    /// replaced.
    ///
    /// - Returns: Whether it is there, by this attempt; `false` where another one was faster.
    func store(mark: String) async throws -> Bool {
        try await upload.append(writer.finish())
        var condition = WriteCondition.absent
        if format != .jsonLines, let left = try await store.existing(upload.object),
            left.properties.metadata[BundleMark.name] == mark
        {
            condition = .matches(eTag: left.eTag)
        }
        do {
            try await upload.complete(condition)
            return true
        } catch let error as AWSError where ArchiveAttempt.mayStand(error) {
            guard let head = try await store.existing(upload.object) else { throw error }
            return upload.matches(head) == true && head.properties.metadata[BundleMark.name] == mark
        }
    }
}

extension BundleStore {
    /// What HeadObject says of an object; `nil` where there is none.
    func existing(_ object: ObjectReference, requesterPays: Bool = false) async throws(AWSError) -> HeadObjectOutput? {
        var request = HeadObjectRequest(object)
        request.requesterPays = requesterPays
        do {
            return try await headObject(request)
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }
}
