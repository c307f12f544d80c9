public import AWSCore
internal import HTTPTransport

/// What UploadPartCopy is asked.
public struct UploadPartCopyRequest: Sendable {
    /// What is copied.
    public var source: CopySource
    /// The object that the upload is of.
    public var destination: ObjectReference
    /// The upload's id.
    public var uploadId: String
    /// The part's number, from 1 to 10,000.
    public var partNumber: Int
    /// The source's bytes, first and last included; `nil` for all. S3 takes a range only of sources over 5 MB.
    public var range: ClosedRange<Int64>?
    /// Whether the caller pays, for requester-pays buckets.
    public var requesterPays = false

    /// Asks to copy a part.
    public init(source: CopySource, destination: ObjectReference, uploadId: String, partNumber: Int) {
        self.source = source
        self.destination = destination
        self.uploadId = uploadId
        self.partNumber = partNumber
    }
}

/// What UploadPartCopy answers.
public struct UploadPartCopyOutput: Sendable {
    /// The part's ETag, without its quotes.
    public var eTag: String
    /// The checksum that S3 keeps of the part.
    public var checksum: ObjectChecksum?
    /// The version that was copied.
    public var sourceVersionId: String?
}

extension S3Client {
    /// UploadPartCopy: copies bytes of an object into one part of an upload.
    ///
    /// S3 may be silent for minutes while it copies; it is waited for up to 15.
    public func uploadPartCopy(_ request: UploadPartCopyRequest) async throws(AWSError) -> UploadPartCopyOutput {
        try await perform(request)
    }
}

extension UploadPartCopyRequest: S3Operation {
    static let name = "UploadPartCopy"
    var bucket: String { destination.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var headers = HTTPHeaders()
        headers.set(source)
        headers.set("x-amz-copy-source-range", range.map(byteRange))
        var request = try target.request(
            Self.name, "PUT", S3Place(destination).withoutVersion, query: partQuery(uploadId, partNumber),
            requesterPays: requesterPays,
            headers: headers)
        request.deadlines.idle = serverSideWork
        return request
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> UploadPartCopyOutput {
        let result = try reply.document("CopyPartResult")
        return UploadPartCopyOutput(
            eTag: try result.requiredETag(), checksum: result.checksum,
            sourceVersionId: reply.headers.text("x-amz-copy-source-version-id"))
    }
}
