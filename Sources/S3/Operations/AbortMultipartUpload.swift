public import AWSCore
internal import HTTPTransport

/// What AbortMultipartUpload is asked.
public struct AbortMultipartUploadRequest: Sendable {
    /// The object that the upload is of.
    public var object: ObjectReference
    /// The upload's id.
    public var uploadId: String
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks to give an upload up.
    public init(_ object: ObjectReference, uploadId: String) {
        self.object = object
        self.uploadId = uploadId
    }
}

extension S3Client {
    /// AbortMultipartUpload: gives an upload up, with its parts; one that is not there is `NoSuchUpload`.
    public func abortMultipartUpload(_ request: AbortMultipartUploadRequest) async throws(AWSError) {
        try await perform(request)
    }
}

extension AbortMultipartUploadRequest: S3Operation {
    static let name = "AbortMultipartUpload"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        try target.request(
            Self.name, "DELETE", S3Place(object).withoutVersion, query: [(name: "uploadId", value: uploadId)],
            requesterPays: requesterPays)
    }

    func output(of reply: HTTPCollectedResponse) {}
}
