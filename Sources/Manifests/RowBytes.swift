/// One row of a manifest as bytes, in room that the next row uses again: millions of rows make no strings.
public struct RowBytes: Sendable, Equatable {
    /// The bucket's name.
    public var bucket: [UInt8] = []
    /// The key as it is, in UTF-8.
    public var key: [UInt8] = []
    /// The version; empty for the current one.
    public var versionId: [UInt8] = []
    /// The size in bytes, where the manifest says it.
    public var size: Int64?
    /// The ETag without its quotes; empty where the manifest does not say it.
    public var eTag: [UInt8] = []
    /// The time of the last change, as the manifest says it; empty where it does not.
    public var lastModified: [UInt8] = []
    /// The storage class; empty where the manifest does not say it.
    public var storageClass: [UInt8] = []
    /// The name of the checksum's algorithm; empty where the manifest does not say it.
    public var checksumAlgorithm: [UInt8] = []
    /// The checksum in Base64; empty where the manifest does not say it.
    public var checksum: [UInt8] = []
    /// Whether it is the current version.
    public var isLatest = true
    /// Whether it is a delete marker, which has no bytes.
    public var isDeleteMarker = false

    /// Makes room for rows.
    public init() {}

    /// Takes the place of a row that is made of strings.
    public mutating func set(_ row: ManifestRow) {
        clear()
        bucket += row.bucket.utf8
        key += row.key.utf8
        size = row.size
        versionId += (row.versionId ?? "").utf8
        eTag += (row.eTag ?? "").utf8
        lastModified += (row.lastModified ?? "").utf8
        storageClass += (row.storageClass ?? "").utf8
        checksumAlgorithm += (row.checksumAlgorithm ?? "").utf8
        checksum += (row.checksum ?? "").utf8
    }

    /// The row made of strings.
    public var manifestRow: ManifestRow {
        var row = ManifestRow(
            bucket: String(decoding: bucket, as: UTF8.self), key: String(decoding: key, as: UTF8.self),
            versionId: versionId.text, size: size)
        row.eTag = eTag.text
        row.lastModified = lastModified.text
        row.storageClass = storageClass.text
        row.checksumAlgorithm = checksumAlgorithm.text
        row.checksum = checksum.text
        return row
    }

    /// Forgets the row, but keeps its room.
    public mutating func clear() {
        bucket.forget()
        key.forget()
        versionId.forget()
        size = nil
        eTag.forget()
        lastModified.forget()
        storageClass.forget()
        checksumAlgorithm.forget()
        checksum.forget()
        isLatest = true
        isDeleteMarker = false
    }
}

extension [UInt8] {
    /// Most rows leave most fields empty, and emptying an empty one is not free.
    fileprivate mutating func forget() {
        if !isEmpty { removeAll(keepingCapacity: true) }
    }

    fileprivate var text: String? { isEmpty ? nil : String(decoding: self, as: UTF8.self) }
}
