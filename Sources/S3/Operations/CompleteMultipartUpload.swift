public import AWSCore
internal import HTTPTransport

/// One part that CompleteMultipartUpload puts together.
public struct CompletedPart: Sendable, Equatable {
    /// The part's number.
    public var partNumber: Int
    /// Its ETag, without quotes.
    public var eTag: String
    /// Its checksum, for an upload that has one a part.
    public var checksum: ObjectChecksum?

    /// Names a part.
    public init(partNumber: Int, eTag: String, checksum: ObjectChecksum? = nil) {
        self.partNumber = partNumber
        self.eTag = eTag
        self.checksum = checksum
    }
}

/// What CompleteMultipartUpload is asked.
public struct CompleteMultipartUploadRequest: Sendable {
    /// The object that the upload is of.
    public var destination: ObjectReference
    /// The upload's id.
    public var uploadId: String
    /// The parts, in the order of their numbers.
    public var parts: [CompletedPart]
    /// `x-amz-mp-object-size`: how many bytes the parts must come to.
    public var objectSize: Int64?
    /// What must stand at the destination before.
    public var condition = WriteCondition.none
    /// A checksum over the whole object, which S3 compares.
    public var checksum: ObjectChecksum?
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks to put parts together.
    public init(destination: ObjectReference, uploadId: String, parts: [CompletedPart]) {
        self.destination = destination
        self.uploadId = uploadId
        self.parts = parts
    }
}

/// What CompleteMultipartUpload answers.
public struct CompleteMultipartUploadOutput: Sendable {
    /// The object's ETag, without its quotes.
    public var eTag: String
    /// The version that was made; `nil` in a bucket that never had versions.
    public var versionId: String?
    /// The checksum that S3 keeps of the object.
    public var checksum: ObjectChecksum?

    /// Makes a reply.
    public init(eTag: String, versionId: String? = nil, checksum: ObjectChecksum? = nil) {
        self.eTag = eTag
        self.versionId = versionId
        self.checksum = checksum
    }
}

extension S3Client {
    /// CompleteMultipartUpload: makes the object of its parts.
    ///
    /// S3 may take minutes; it is waited for up to 15. A repetition after a lost reply may end in `NoSuchUpload` though
    /// the object is there: the caller looks.
    public func completeMultipartUpload(
        _ request: CompleteMultipartUploadRequest
    ) async throws(AWSError) -> CompleteMultipartUploadOutput {
        try await perform(request)
    }
}

extension CompleteMultipartUploadRequest: S3Operation {
    static let name = "CompleteMultipartUpload"
    var bucket: String { destination.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var headers: HTTPHeaders = ["Content-Type": "application/xml"]
        headers.set("x-amz-mp-object-size", objectSize.map { "\($0)" })
        headers.set(condition)
        headers.set(checksum)
        var request = try target.request(
            Self.name, "POST", S3Place(destination).withoutVersion, query: [(name: "uploadId", value: uploadId)],
            requesterPays: requesterPays,
            headers: headers, body: .bytes(Array(try document().utf8)))
        request.deadlines.idle = serverSideWork
        return request
    }

    private func document() throws(ConfigurationError) -> String {
        var xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        for part in parts {
            xml += "<Part>"
            if let checksum = part.checksum {
                xml += try XMLText.element("Checksum\(checksum.algorithm)", checksum.value)
            }
            xml += try XMLText.element("ETag", ETag.quoted(part.eTag))
            xml += "<PartNumber>\(part.partNumber)</PartNumber></Part>"
        }
        return xml + "</CompleteMultipartUpload>"
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> CompleteMultipartUploadOutput {
        let result = try reply.document("CompleteMultipartUploadResult")
        return CompleteMultipartUploadOutput(
            eTag: try result.requiredETag(), versionId: reply.headers.text("x-amz-version-id"),
            checksum: result.checksum ?? reply.headers.checksum)
    }
}
