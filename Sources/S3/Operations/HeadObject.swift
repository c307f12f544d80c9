public import AWSCore
internal import HTTPTransport

/// What HeadObject is asked.
public struct HeadObjectRequest: Sendable {
    /// The object, or one version of it.
    public var object: ObjectReference
    /// One part of it; the reply's size is then the part's.
    public var partNumber: Int?
    /// Whether the reply shall have the object's checksum.
    public var withChecksum = true
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks for an object.
    public init(_ object: ObjectReference) { self.object = object }
}

/// What HeadObject answers.
public struct HeadObjectOutput: Sendable {
    /// The size in bytes: of the object, or of the part that was asked for.
    public var contentLength: Int64
    /// The ETag, without its quotes.
    public var eTag: String
    /// `Last-Modified`, as the header says it.
    public var lastModified: String?
    /// The version; `nil` in a bucket that never had versions.
    public var versionId: String?
    /// How many parts it was uploaded in; said only when a part was asked for.
    public var partsCount: Int?
    /// How many tags it has; `nil` for none.
    public var tagCount: Int?
    /// `x-amz-missing-meta`: how many fields of metadata no header can carry, so that they are not told; `nil` for none.
    public var missingMetadata: Int?
    /// The checksum that S3 keeps of it.
    public var checksum: ObjectChecksum?
    /// `x-amz-restore`: `ongoing-request="false", expiry-date="…"`.
    public var restore: String?
    /// `x-amz-archive-status`, of Intelligent-Tiering's archive tiers.
    public var archiveStatus: String?
    /// The rest.
    public var properties: ObjectProperties

    /// Makes a reply.
    public init(contentLength: Int64, eTag: String, properties: ObjectProperties = .init()) {
        self.contentLength = contentLength
        self.eTag = eTag
        self.properties = properties
    }
}

extension S3Client {
    /// HeadObject: an object's size, ETag and properties.
    public func headObject(_ request: HeadObjectRequest) async throws(AWSError) -> HeadObjectOutput {
        try await perform(request)
    }
}

extension HeadObjectRequest: S3Operation {
    static let name = "HeadObject"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var headers = HTTPHeaders()
        if withChecksum { headers.add("x-amz-checksum-mode", "ENABLED") }
        return try target.request(
            Self.name, "HEAD", S3Place(object), query: partNumber.map { [(name: "partNumber", value: "\($0)")] } ?? [],
            requesterPays: requesterPays,
            headers: headers)
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> HeadObjectOutput {
        try reply.headers.headObjectOutput()
    }
}
