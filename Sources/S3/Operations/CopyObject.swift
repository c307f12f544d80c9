public import AWSCore
internal import HTTPTransport

/// Whether a copy takes something from its source or from the request.
public enum Directive: String, Sendable, Equatable {
    /// From the source.
    case copy = "COPY"
    /// From the request.
    case replace = "REPLACE"
}

/// What CopyObject is asked.
public struct CopyObjectRequest: Sendable {
    /// What is copied: at most 5 GB (S3 API Reference: CopyObject).
    public var source: CopySource
    /// Where it goes; a version id is not looked at.
    public var destination: ObjectReference
    /// What is said of the destination; properties and tags count only where their directive is `replace`.
    public var headers = DestinationHeaders()
    /// Where metadata and Content-* headers come from.
    public var metadataDirective = Directive.copy
    /// Where tags come from.
    public var taggingDirective = Directive.copy
    /// What must stand at the destination before.
    public var condition = WriteCondition.none

    /// Asks for a copy.
    public init(source: CopySource, destination: ObjectReference) {
        self.source = source
        self.destination = destination
    }
}

/// What CopyObject answers.
public struct CopyObjectOutput: Sendable {
    /// The destination's ETag, without its quotes.
    public var eTag: String
    /// The version that was made; `nil` in a bucket that never had versions.
    public var versionId: String?
    /// The destination's last-modified, in seconds since 1970.
    public var lastModified: Int64?
    /// The version that was copied.
    public var sourceVersionId: String?
    /// The checksum that S3 keeps of the destination.
    public var checksum: ObjectChecksum?
}

extension S3Client {
    /// CopyObject: a server-side copy of an object in one request.
    ///
    /// S3 may be silent for minutes while it copies; it is waited for up to 15.
    public func copyObject(_ request: CopyObjectRequest) async throws(AWSError) -> CopyObjectOutput {
        try await perform(request)
    }
}

extension CopyObjectRequest: S3Operation {
    static let name = "CopyObject"
    var bucket: String { destination.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var fields = HTTPHeaders()
        fields.set(source)
        fields.add("x-amz-metadata-directive", metadataDirective.rawValue)
        fields.add("x-amz-tagging-directive", taggingDirective.rawValue)
        fields.set(headers)
        fields.set("x-amz-checksum-algorithm", headers.checksumAlgorithm)
        fields.set(condition)
        var request = try target.request(
            Self.name, "PUT", S3Place(destination).withoutVersion, requesterPays: headers.requesterPays, headers: fields
        )
        request.deadlines.idle = serverSideWork
        return request
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> CopyObjectOutput {
        let result = try reply.document("CopyObjectResult")
        return CopyObjectOutput(
            eTag: try result.requiredETag(), versionId: reply.headers.text("x-amz-version-id"),
            lastModified: result.optional("LastModified").flatMap { Int64(timestamp: $0) },
            sourceVersionId: reply.headers.text("x-amz-copy-source-version-id"),
            checksum: result.checksum ?? reply.headers.checksum)
    }
}

/// How long S3 may be silent while it works inside one request. CopyObject and UploadPartCopy move up to 5 GiB, and
/// Complete "can take several minutes" (S3 API Reference: CompleteMultipartUpload).
let serverSideWork: Duration = .seconds(15 * 60)
