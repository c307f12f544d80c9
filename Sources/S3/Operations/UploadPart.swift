public import AWSCore
public import HTTPTransport

/// What UploadPart is asked.
public struct UploadPartRequest: Sendable {
    /// The object that the upload is of.
    public var destination: ObjectReference
    /// The upload's id.
    public var uploadId: String
    /// The part's number, from 1 to 10,000.
    public var partNumber: Int
    /// Its bytes: signed with their SHA-256 when they are in memory; a stream must have a length, and is sent once.
    public var body: HTTPBody
    /// A checksum of the bytes, which S3 compares and keeps.
    public var checksum: ObjectChecksum?
    /// `Content-MD5`: Base64 of the bytes' MD5, which S3 compares.
    public var contentMD5: String?
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks to store a part.
    public init(destination: ObjectReference, uploadId: String, partNumber: Int, body: HTTPBody) {
        self.destination = destination
        self.uploadId = uploadId
        self.partNumber = partNumber
        self.body = body
    }
}

/// What UploadPart answers.
public struct UploadPartOutput: Sendable {
    /// The part's ETag, without its quotes.
    public var eTag: String
    /// The checksum that S3 keeps of the part.
    public var checksum: ObjectChecksum?

    /// Makes a reply.
    public init(eTag: String, checksum: ObjectChecksum? = nil) {
        self.eTag = eTag
        self.checksum = checksum
    }
}

extension S3Client {
    /// UploadPart: stores one part of an upload.
    public func uploadPart(_ request: UploadPartRequest) async throws(AWSError) -> UploadPartOutput {
        try await perform(request)
    }
}

extension UploadPartRequest: S3Operation {
    static let name = "UploadPart"
    var bucket: String { destination.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var headers = HTTPHeaders()
        headers.set(checksum)
        headers.set("Content-MD5", contentMD5)
        return try target.request(
            Self.name, "PUT", S3Place(destination).withoutVersion, query: partQuery(uploadId, partNumber),
            requesterPays: requesterPays,
            headers: headers, body: body)
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> UploadPartOutput {
        guard let eTag = ETag.unquoted(reply.headers["ETag"]) else {
            throw MalformedReply(reason: "the reply has no ETag")
        }
        return UploadPartOutput(eTag: eTag, checksum: reply.headers.checksum)
    }
}

/// The query that names one part of an upload.
func partQuery(_ uploadId: String, _ partNumber: Int) -> [(name: String, value: String)] {
    [(name: "partNumber", value: "\(partNumber)"), (name: "uploadId", value: uploadId)]
}
