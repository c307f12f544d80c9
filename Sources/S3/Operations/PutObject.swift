public import AWSCore
public import HTTPTransport

/// What PutObject is asked.
public struct PutObjectRequest: Sendable {
    /// Where the object goes; a version id is not looked at.
    public var object: ObjectReference
    /// What is said of it. S3 takes no checksum algorithm here, only a checksum.
    public var destination = DestinationHeaders()
    /// Its bytes: signed with their SHA-256 when they are in memory; a stream must have a length, and is sent once.
    public var body: HTTPBody
    /// What must stand there before.
    public var condition = WriteCondition.none
    /// A checksum of the bytes, which S3 compares and keeps.
    public var checksum: ObjectChecksum?
    /// `Content-MD5`: Base64 of the bytes' MD5, which S3 compares.
    public var contentMD5: String?

    /// Asks to store bytes.
    public init(_ object: ObjectReference, body: HTTPBody) {
        self.object = object
        self.body = body
    }
}

/// What PutObject answers.
public struct PutObjectOutput: Sendable {
    /// The ETag, without its quotes.
    public var eTag: String
    /// The version that was made; `nil` in a bucket that never had versions.
    public var versionId: String?
    /// The checksum that S3 keeps.
    public var checksum: ObjectChecksum?
    /// What the server's clock said, in seconds since 1970; `nil` where it did not say.
    public var date: Int64?

    /// Makes a reply.
    public init(eTag: String, versionId: String? = nil, checksum: ObjectChecksum? = nil, date: Int64? = nil) {
        self.eTag = eTag
        self.versionId = versionId
        self.checksum = checksum
        self.date = date
    }
}

extension S3Client {
    /// PutObject: stores an object of at most 5 GB (S3 User Guide: Uploading objects).
    public func putObject(_ request: PutObjectRequest) async throws(AWSError) -> PutObjectOutput {
        try await perform(request)
    }
}

extension PutObjectRequest: S3Operation {
    static let name = "PutObject"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var headers = HTTPHeaders()
        headers.set(destination)
        headers.set(condition)
        headers.set(checksum)
        headers.set("Content-MD5", contentMD5)
        return try target.request(
            Self.name, "PUT", S3Place(object).withoutVersion, requesterPays: destination.requesterPays,
            headers: headers,
            body: body)
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> PutObjectOutput {
        guard let eTag = ETag.unquoted(reply.headers["ETag"]) else {
            throw MalformedReply(reason: "the reply has no ETag")
        }
        return PutObjectOutput(
            eTag: eTag, versionId: reply.headers.text("x-amz-version-id"), checksum: reply.headers.checksum,
            date: reply.headers.date)
    }
}
