/// One object of a manifest.
public struct ManifestRow: Sendable, Equatable {
    /// The bucket's name.
    public var bucket: String
    /// The key, as it is: not percent-encoded.
    public var key: String
    /// The version; `nil` for the current one.
    public var versionId: String?
    /// The size in bytes, where the manifest says it.
    public var size: Int64?
    /// The ETag without its quotes, where the manifest says it.
    public var eTag: String?
    /// The time of the last change, as the manifest says it.
    public var lastModified: String?
    /// The storage class, where the manifest says it.
    public var storageClass: String?
    /// The name of the checksum's algorithm, where the manifest says it.
    public var checksumAlgorithm: String?
    /// The checksum in Base64, where the manifest says it.
    public var checksum: String?

    /// Makes a row.
    public init(bucket: String, key: String, versionId: String? = nil, size: Int64? = nil) {
        self.bucket = bucket
        self.key = key
        self.versionId = versionId
        self.size = size
    }
}

extension ManifestRow: Codable {
    enum CodingKeys: String, CodingKey {
        case bucket, key
        case versionId = "version_id"
        case size
        case eTag = "etag"
        case lastModified = "last_modified"
        case storageClass = "storage_class"
        case checksumAlgorithm = "checksum_algorithm"
        case checksum
    }
}
