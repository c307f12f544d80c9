/// One S3 object, in one version.
public struct ObjectReference: Sendable, Hashable, Codable {
    /// The bucket's name.
    public var bucket: String
    /// The key, as it is: not percent-encoded.
    public var key: String
    /// The version; `nil` for the current one.
    public var versionId: String?

    /// Makes a reference.
    public init(bucket: String, key: String, versionId: String? = nil) {
        self.bucket = bucket
        self.key = key
        self.versionId = versionId
    }

    enum CodingKeys: String, CodingKey {
        case bucket
        case key
        case versionId = "version_id"
    }
}

extension ObjectReference: CustomStringConvertible {
    /// `s3://bucket/key`, with `?versionId=` behind it where there is one; control characters are escaped.
    public var description: String {
        let version = versionId.map { "?versionId=\($0)" } ?? ""
        return "s3://\(bucket)/\(key)\(version)"
    }
}
