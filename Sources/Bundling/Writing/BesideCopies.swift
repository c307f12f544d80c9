internal import AWSCore
internal import Archives
internal import Jobs
internal import S3

/// Copies objects beside an archive, a few at a time, and proves each copy.
struct BesideCopies: Sendable {
    private let bundler: Bundler
    private let place: BundlePlace

    /// How many objects may be beside one archive. What HeadObject said of each is in memory until the archive is
    /// stored: some hundred bytes mostly, 8 KiB at most.
    static let most = 10_000
    /// How many are copied at a time; each of them has many parts under way.
    private static let concurrency = 4

    init(_ bundler: Bundler, _ place: BundlePlace) {
        self.bundler = bundler
        self.place = place
    }

    /// Copies objects.
    ///
    /// - Parameters:
    ///   - objects: The objects.
    ///   - take: Given each with its entry in the index, or why there is no copy, in their order.
    /// - Throws: What ends all of them, because it may pass; what `take` throws.
    func make(
        _ objects: [FetchedObject], _ take: (FetchedObject, Result<IndexEntry, BundleFailure>) async throws -> Void
    ) async throws {
        try await inOrder(objects.count, atATime: Self.concurrency) { number in
            try await copy(objects[number])
        } take: { number, made in
            try await take(objects[number], made)
        }
    }

    private func copy(_ object: FetchedObject) async throws -> Result<IndexEntry, BundleFailure> {
        let task = CopyTask(source: object.reference, destination: place.beside(object.reference))
        let done = await bundler.copy(task)
        switch done.outcome {
        case .copied, .unchanged: break
        case .interrupted: throw BundleFailure(done, mayPass: true)
        default: return .failure(BundleFailure(done, mayPass: false))
        }
        // The copy is of what stood there then.
        guard done.sourceETag ?? object.head.eTag == object.head.eTag else {
            return .failure(.changed(object.reference))
        }
        var entry = IndexEntry(object, archive: task.destination.uri)
        // Nobody read its bytes; what the ETag says of them is all there is.
        entry.md5 = object.head.md5
        guard let head = try await bundler.store.existing(task.destination), head.contentLength == entry.size,
            done.destinationETag ?? head.eTag == head.eTag
        else {
            throw BundleFailure(
                "HeadObject", "\(task.destination) is not what was copied", advice: "find out who else writes there",
                mayPass: true)
        }
        entry.copyETag = head.eTag
        entry.copyChecksum = head.wholeChecksum
        return .success(entry)
    }
}
