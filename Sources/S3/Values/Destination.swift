/// What CopyObject, CreateMultipartUpload and PutObject say of the object they make.
public struct DestinationHeaders: Sendable, Equatable {
    /// Content-*, metadata, storage class, encryption, Object Lock.
    public var properties = ObjectProperties()
    /// Tags for `x-amz-tagging`; `nil` sends none.
    public var tags: [Tag]?
    /// `x-amz-acl`: a canned ACL.
    public var acl: String?
    /// `x-amz-grant-full-control`, `-read`, `-read-acp`, `-write-acp`, by the part behind `x-amz-grant-`.
    public var grants: [String: String] = [:]
    /// `x-amz-checksum-algorithm`.
    public var checksumAlgorithm: String?
    /// `x-amz-checksum-type` of a multipart upload.
    public var checksumType: String?
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// How many bytes `x-amz-tagging` may have; S3 takes 8 KB for all headers together (API reference, PutObject), of
    /// which metadata has 2 KB.
    private static let tagLimit = 2 << 10

    /// Makes headers that say nothing.
    public init() {}

    /// Gives the object tags, where they fit into a header.
    ///
    /// - Returns: Those that do not: PutObjectTagging gives them to the object once it is there.
    public mutating func setTags(_ tags: [Tag]) -> [Tag]? {
        let fits = tagging(tags).utf8.count <= Self.tagLimit
        self.tags = fits && !tags.isEmpty ? tags : nil
        return fits ? nil : tags
    }
}

/// A condition on what stands at the destination.
public enum WriteCondition: Sendable, Equatable {
    /// None: what is there is replaced.
    case none
    /// `If-None-Match: *`: there must be nothing.
    case absent
    /// `If-Match`: there must be the object of this ETag.
    case matches(eTag: String)
}

/// Where a copy is read from, and under which condition.
public struct CopySource: Sendable, Equatable {
    /// The object.
    public var object: ObjectReference
    /// `x-amz-copy-source-if-match`: the ETag it must have.
    public var eTag: String?

    /// Makes a source.
    public init(_ object: ObjectReference, eTag: String? = nil) {
        self.object = object
        self.eTag = eTag
    }
}
