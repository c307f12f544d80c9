internal import AWSCore
internal import Archives
internal import S3

/// An index as it is in S3, read in pieces.
struct StoredIndex: Sendable {
    private let object: ObjectReference
    private let store: any BundleStore
    private let size: Int64
    private let eTag: String

    private static let pieceSize: Int64 = 4 << 20

    /// Looks at an index.
    init(_ object: ObjectReference, _ store: any BundleStore) async throws {
        guard let head = try await store.existing(object) else {
            throw BundleFailure("HeadObject", "\(object) is not there any more")
        }
        self.object = object
        self.store = store
        size = head.contentLength
        eTag = head.eTag
    }

    /// Gives every entry, in order.
    func forEach(_ take: (IndexEntry) async throws -> Void) async throws {
        var reader = try IndexReader()
        var offset: Int64 = 0
        while offset < size {
            var request = GetObjectRequest(object)
            request.range = offset...(min(offset + Self.pieceSize, size) - 1)
            request.ifMatch = eTag
            var piece = try await store.whole(request, collectingUpTo: Int(Self.pieceSize)).bytes[...]
            offset += Int64(piece.count)
            while let entry = try reader.next(&piece) { try await take(entry) }
        }
        try reader.finish()
    }
}
