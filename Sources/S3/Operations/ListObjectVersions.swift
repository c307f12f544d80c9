public import AWSCore
internal import HTTPTransport

/// What ListObjectVersions is asked.
public struct ListObjectVersionsRequest: Sendable {
    /// The bucket's name.
    public var bucket: String
    /// What keys begin with.
    public var prefix: String
    /// The key behind which the listing begins; `nil` for the first.
    public var startAfter: String?
    /// How many versions a page has; S3 gives 1,000 unless told, and never more.
    public var pageSize: Int?
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false
    var marker: VersionMarker?

    /// Asks for the versions of a bucket's objects.
    public init(bucket: String, prefix: String = "") {
        self.bucket = bucket
        self.prefix = prefix
    }
}

/// Where a page of versions begins: behind this one.
public struct VersionMarker: Sendable, Equatable {
    var key: String
    var versionId: String?

    /// Whether both mark the same place, byte by byte.
    public static func == (one: VersionMarker, other: VersionMarker) -> Bool {
        one.key.hasBytes(of: other.key) && one.versionId == other.versionId
    }
}

/// One version of an object, or a delete marker.
public struct ListedVersion: Sendable, Equatable {
    /// The key.
    public var key: String
    /// The version's id; `null` for one from before the bucket had versions.
    public var versionId: String
    /// Whether it is the current one.
    public var isLatest: Bool
    /// Whether it is a delete marker, which has neither bytes nor an ETag.
    public var isDeleteMarker: Bool
    /// The size in bytes; 0 for a delete marker.
    public var size: Int64 = 0
    /// The ETag, without its quotes.
    public var eTag: String?
    /// Last-modified, in seconds since 1970.
    public var lastModified: Int64?
    /// The storage class; `nil` means `STANDARD`.
    public var storageClass: String?
    /// The algorithm of the checksum that S3 keeps of it.
    public var checksumAlgorithm: String?
    /// `FULL_OBJECT` or `COMPOSITE`.
    public var checksumType: String?

    /// Makes a version.
    public init(key: String, versionId: String, isLatest: Bool, isDeleteMarker: Bool) {
        self.key = key
        self.versionId = versionId
        self.isLatest = isLatest
        self.isDeleteMarker = isDeleteMarker
    }
}

extension S3Client {
    /// ListObjectVersions: every version and delete marker, in the order of the keys, the newest of each first.
    public func listObjectVersions(
        _ request: ListObjectVersionsRequest
    ) -> PagedSequence<ListedVersion, VersionMarker> {
        pages(request, subject: "s3://\(request.bucket)/\(request.prefix)") { $0.marker = $1 }
    }
}

extension ListObjectVersionsRequest: S3Operation {
    static let name = "ListObjectVersions"

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var query = [(name: "versions", value: ""), (name: "encoding-type", value: "url")]
        if !prefix.isEmpty { query.append((name: "prefix", value: prefix)) }
        if let pageSize { query.append((name: "max-keys", value: "\(pageSize)")) }
        if let key = marker?.key ?? startAfter { query.append((name: "key-marker", value: key)) }
        if let versionId = marker?.versionId { query.append((name: "version-id-marker", value: versionId)) }
        return try target.request(
            Self.name, "GET", S3Place(bucket: bucket), query: query,
            requesterPays: requesterPays)
    }

    func output(
        of reply: HTTPCollectedResponse
    ) throws(MalformedReply) -> PagedSequence<ListedVersion, VersionMarker>.Page {
        let result = try reply.document("ListVersionsResult")
        var versions: [ListedVersion] = []
        for element in result.children where element.name == "Version" || element.name == "DeleteMarker" {
            versions.append(try ListedVersion(element, in: result))
        }
        guard result.isTrue("IsTruncated") else { return .init(elements: versions, next: nil) }
        guard let key = try result.listed("NextKeyMarker", in: result), !key.isEmpty else {
            throw MalformedReply(reason: "<ListVersionsResult> is truncated, but says not where")
        }
        let next = VersionMarker(key: key, versionId: result.optional("NextVersionIdMarker"))
        return .init(elements: versions, next: next)
    }
}

extension ListedVersion {
    fileprivate init(_ element: XMLElement, in listing: XMLElement) throws(MalformedReply) {
        guard let key = try element.listed("Key", in: listing) else {
            throw MalformedReply(reason: "<\(element.name)> has no <Key>")
        }
        let isDeleteMarker = element.name == "DeleteMarker"
        self.init(
            key: key, versionId: try element.required("VersionId"), isLatest: element.isTrue("IsLatest"),
            isDeleteMarker: isDeleteMarker)
        if !isDeleteMarker {
            guard let size: Int64 = element.number("Size") else {
                throw MalformedReply(reason: "<Version> has no <Size>")
            }
            self.size = size
        }
        eTag = ETag.unquoted(element.text(of: "ETag"))
        lastModified = element.optional("LastModified").flatMap { Int64(timestamp: $0) }
        storageClass = element.optional("StorageClass")
        checksumAlgorithm = element.optional("ChecksumAlgorithm")
        checksumType = element.optional("ChecksumType")
    }
}
