public import AWSCore
internal import HTTPTransport

/// What CreateMultipartUpload is asked.
public struct CreateMultipartUploadRequest: Sendable {
    /// Where the object goes; a version id is not looked at.
    public var object: ObjectReference
    /// What is said of it.
    public var headers = DestinationHeaders()

    /// Asks for an upload.
    public init(_ object: ObjectReference) { self.object = object }
}

/// What CreateMultipartUpload answers.
public struct CreateMultipartUploadOutput: Sendable {
    /// The upload's id.
    public var uploadId: String
    /// What the server's clock said, in seconds since 1970; `nil` where it did not say.
    public var date: Int64?

    /// Makes a reply.
    public init(uploadId: String, date: Int64? = nil) {
        self.uploadId = uploadId
        self.date = date
    }
}

extension S3Client {
    /// CreateMultipartUpload: begins an upload in parts.
    ///
    /// It is not sent again when it may have made an upload whose id did not arrive; ListMultipartUploads shows it.
    public func createMultipartUpload(
        _ request: CreateMultipartUploadRequest
    ) async throws(AWSError) -> CreateMultipartUploadOutput {
        try await perform(request)
    }
}

extension CreateMultipartUploadRequest: S3Operation {
    static let name = "CreateMultipartUpload"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var fields = HTTPHeaders()
        fields.set(headers)
        fields.set("x-amz-checksum-algorithm", headers.checksumAlgorithm)
        fields.set("x-amz-checksum-type", headers.checksumType)
        var request = try target.request(
            Self.name, "POST", S3Place(object).withoutVersion, query: [(name: "uploads", value: "")],
            requesterPays: headers.requesterPays, headers: fields)
        request.isRepeatable = false
        return request
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> CreateMultipartUploadOutput {
        let result = try reply.document("InitiateMultipartUploadResult")
        return CreateMultipartUploadOutput(uploadId: try result.required("UploadId"), date: reply.headers.date)
    }
}
