public import AWSCore
internal import HTTPTransport

/// What ListObjectsV2 is asked.
public struct ListObjectsV2Request: Sendable {
    /// The bucket's name.
    public var bucket: String
    /// What keys begin with.
    public var prefix: String
    /// The key behind which the listing begins; `nil` for the first.
    public var startAfter: String?
    /// How many objects a page has; S3 gives 1,000 unless told, and never more.
    public var pageSize: Int?
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false
    var continuationToken: String?

    /// Asks for a bucket's objects.
    public init(bucket: String, prefix: String = "") {
        self.bucket = bucket
        self.prefix = prefix
    }
}

/// One object of a listing, in its current version.
public struct ListedObject: Sendable, Equatable {
    /// The key.
    public var key: String
    /// The size in bytes.
    public var size: Int64
    /// The ETag, without its quotes; `nil` where the store gives none.
    public var eTag: String?
    /// Last-modified, in seconds since 1970.
    public var lastModified: Int64?
    /// The storage class; `nil` means `STANDARD`.
    public var storageClass: String?
    /// The algorithm of the checksum that S3 keeps of it.
    public var checksumAlgorithm: String?
    /// `FULL_OBJECT` or `COMPOSITE`.
    public var checksumType: String?

    /// Makes an object.
    public init(key: String, size: Int64) {
        self.key = key
        self.size = size
    }
}

extension S3Client {
    /// ListObjectsV2: the objects of a bucket, in the order of their keys' bytes; some stores have another order.
    public func listObjectsV2(_ request: ListObjectsV2Request) -> PagedSequence<ListedObject, String> {
        pages(request, subject: "s3://\(request.bucket)/\(request.prefix)") { $0.continuationToken = $1 }
    }
}

extension ListObjectsV2Request: S3Operation {
    static let name = "ListObjectsV2"

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var query = [(name: "list-type", value: "2"), (name: "encoding-type", value: "url")]
        if !prefix.isEmpty { query.append((name: "prefix", value: prefix)) }
        if let pageSize { query.append((name: "max-keys", value: "\(pageSize)")) }
        if let continuationToken {
            query.append((name: "continuation-token", value: continuationToken))
        } else if let startAfter {
            query.append((name: "start-after", value: startAfter))
        }
        return try target.request(
            Self.name, "GET", S3Place(bucket: bucket), query: query,
            requesterPays: requesterPays)
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> PagedSequence<ListedObject, String>.Page {
        let result = try reply.document("ListBucketResult")
        var objects: [ListedObject] = []
        for element in result.all("Contents") { objects.append(try ListedObject(element, in: result)) }
        guard result.isTrue("IsTruncated") else { return .init(elements: objects, next: nil) }
        return .init(elements: objects, next: try result.required("NextContinuationToken"))
    }
}

extension ListedObject {
    fileprivate init(_ element: XMLElement, in listing: XMLElement) throws(MalformedReply) {
        guard let key = try element.listed("Key", in: listing), let size: Int64 = element.number("Size") else {
            throw MalformedReply(reason: "<Contents> has no <Key> or no <Size>")
        }
        self.init(key: key, size: size)
        eTag = ETag.unquoted(element.text(of: "ETag"))
        lastModified = element.optional("LastModified").flatMap { Int64(timestamp: $0) }
        storageClass = element.optional("StorageClass")
        checksumAlgorithm = element.optional("ChecksumAlgorithm")
        checksumType = element.optional("ChecksumType")
    }
}
