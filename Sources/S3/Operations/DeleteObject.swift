public import AWSCore
internal import HTTPTransport

/// What DeleteObject is asked.
public struct DeleteObjectRequest: Sendable {
    /// The object; without a version id, a versioned bucket gets a delete marker.
    public var object: ObjectReference
    /// `If-Match`: the ETag it must have to be deleted.
    public var ifMatch: String?
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks to delete an object.
    public init(_ object: ObjectReference) { self.object = object }
}

/// What DeleteObject answers.
public struct DeleteObjectOutput: Sendable {
    /// The version that was deleted, or the delete marker that was made.
    public var versionId: String?
    /// Whether what was deleted, or made, is a delete marker.
    public var isDeleteMarker: Bool

    /// Makes a reply.
    public init(versionId: String? = nil, isDeleteMarker: Bool = false) {
        self.versionId = versionId
        self.isDeleteMarker = isDeleteMarker
    }
}

extension S3Client {
    /// DeleteObject: deletes an object, or one version of it; one that is not there is no error.
    public func deleteObject(_ request: DeleteObjectRequest) async throws(AWSError) -> DeleteObjectOutput {
        try await perform(request)
    }
}

extension DeleteObjectRequest: S3Operation {
    static let name = "DeleteObject"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var headers = HTTPHeaders()
        headers.set("If-Match", ifMatch.map(ETag.quoted))
        return try target.request(
            Self.name, "DELETE", S3Place(object),
            requesterPays: requesterPays,
            headers: headers)
    }

    func output(of reply: HTTPCollectedResponse) -> DeleteObjectOutput {
        DeleteObjectOutput(
            versionId: reply.headers.text("x-amz-version-id"),
            isDeleteMarker: reply.headers["x-amz-delete-marker"] == "true")
    }
}
