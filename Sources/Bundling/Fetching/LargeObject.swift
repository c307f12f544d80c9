internal import AWSCore
internal import Checksums
internal import S3

/// An object that is read range by range, several at a time, and given in order.
struct LargeObject: Sendable {
    let store: any BundleStore
    let object: FetchedObject
    let requesterPays: Bool

    private static let rangeSize: Int64 = 8 << 20
    private static let ranges = 4

    /// Reads all of it.
    ///
    /// - Parameter take: Given the bytes, in order.
    /// - Returns: The MD5 of the bytes; `nil` where libcrypto gives none.
    /// - Throws: `AWSError`, also where the object changed meanwhile; what `take` throws.
    func read(_ take: ([UInt8]) async throws -> Void) async throws -> String? {
        let size = object.head.contentLength
        let count = Int(size / Self.rangeSize) + (size % Self.rangeSize > 0 ? 1 : 0)
        var md5 = MD5()
        try await inOrder(count, atATime: Self.ranges) { range in
            try await bytes(of: range)
        } take: { _, bytes in
            md5?.update(bytes)
            try await take(bytes)
        }
        guard let digest = md5.take() else { return nil }
        return digest.finish().hexadecimal
    }

    private func bytes(of range: Int) async throws -> [UInt8] {
        let start = Int64(range) * Self.rangeSize
        var request = GetObjectRequest(object.row.reference)
        request.range = start...(min(start + Self.rangeSize, object.head.contentLength) - 1)
        request.ifMatch = object.head.eTag
        request.requesterPays = requesterPays
        return try await store.whole(request, collectingUpTo: Int(Self.rangeSize)).bytes
    }
}
