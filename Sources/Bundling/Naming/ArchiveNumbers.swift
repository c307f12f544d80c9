internal import AWSCore
internal import Archives
internal import HTTPTransport
internal import Jobs
internal import S3

/// The numbers that bundles have taken of one archive name: for each an object, `ARCHIVE.numbers/N`.
///
/// S3 wants an upload's key when it begins, so a bundle takes its number before it reads anything: bundles that begin at
/// once get numbers of their own, and none is read again under another one. Whose a number is, its metadata says, which
/// a listing does not have; the object's size is made of the mark, so that one listing settles all but one in a thousand.
///
/// Memory: some bytes for each archive of the name, and what a listing says of each object beside the first.
struct ArchiveNumbers {
    private let folder: ObjectPrefix
    private let mark: String
    private let headers: DestinationHeaders
    private let store: any BundleStore
    private let sizes: [Int: Int64]
    /// Whether there is neither archive nor index of number 1.
    let isFirstFree: Bool

    /// What a number adds to the archive's key at most.
    static let longestSuffix = ".numbers/".utf8.count + 10

    /// Looks at the numbers that are taken.
    ///
    /// - Parameters:
    ///   - first: The archive of number 1.
    ///   - mark: The bundle's mark.
    ///   - headers: As what archives are stored.
    ///   - store: S3.
    /// - Throws: What S3 answers to ListObjectsV2.
    init(of first: ObjectReference, mark: String, _ headers: DestinationHeaders, _ store: any BundleStore) async throws
    {
        let folder = ObjectPrefix(bucket: first.bucket, prefix: "\(first.key).numbers/")
        var headers = headers
        headers.properties.storageClass = nil
        headers.properties.objectLockMode = nil
        headers.properties.objectLockRetainUntilDate = nil
        headers.properties.contentType = "text/plain"
        let listed = try await store.listObjects(below: ObjectPrefix(bucket: first.bucket, prefix: first.key))
        let names = [first.key, first.key + IndexFormat.jsonLines.suffix]
        isFirstFree = !listed.contains { names.contains($0.key) }
        let numbers = listed.filter { $0.key.utf8.starts(with: folder.prefix.utf8) }
        let pairs = numbers.compactMap { object in
            Int(object.key.dropFirst(folder.prefix.count)).map { ($0, object.size) }
        }
        sizes = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        (self.folder, self.mark, self.headers, self.store) = (folder, mark, headers, store)
    }

    /// Whether a number is known to be another bundle's, without a request.
    func isOthers(_ number: Int) -> Bool { sizes[number].map { $0 != Int64(content.count) } ?? false }

    /// Whether a number is taken by anybody.
    func isTaken(_ number: Int) -> Bool { sizes[number] != nil }

    /// Takes a number that was free.
    ///
    /// - Returns: Whether it is this bundle's now; `false` where another one was faster.
    func take(_ number: Int) async throws -> Bool {
        var request = PutObjectRequest(object(number), body: .bytes(content))
        request.destination = headers
        request.condition = .absent
        do {
            _ = try await store.putObject(request)
            return true
        } catch {
            guard ArchiveAttempt.mayStand(error) else { throw error }
        }
        return try await isOwn(number)
    }

    /// Gives a number back of which nothing was made; without s3:DeleteObject it stays, for the bundle's next attempt.
    func release(_ number: Int) async {
        let request = DeleteObjectRequest(object(number))
        await uncancelled { [store] in _ = try? await store.deleteObject(request) }
    }

    /// Whether a number that is taken is this bundle's own.
    func isOwn(_ number: Int) async throws -> Bool {
        try await store.existing(object(number))?.properties.metadata[BundleMark.name] == mark
    }

    private func object(_ number: Int) -> ObjectReference {
        ObjectReference(bucket: folder.bucket, key: "\(folder.prefix)\(number)")
    }

    /// The mark over and over, up to 1,023 bytes of it.
    private var content: [UInt8] {
        Array(String(repeating: mark, count: 16).utf8.prefix((Int(mark.prefix(3), radix: 16) ?? 0) & 1023))
    }
}
