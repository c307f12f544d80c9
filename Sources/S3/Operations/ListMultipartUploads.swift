public import AWSCore
internal import HTTPTransport

/// What ListMultipartUploads is asked.
public struct ListMultipartUploadsRequest: Sendable {
    /// The bucket's name.
    public var bucket: String
    /// What keys begin with.
    public var prefix = ""
    /// How many uploads a page has; S3 gives 1,000 unless told, and never more.
    public var pageSize: Int?
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false
    var marker: UploadMarker?

    /// Asks for a bucket's uploads.
    public init(bucket: String, prefix: String = "") {
        self.bucket = bucket
        self.prefix = prefix
    }
}

/// Where a page of uploads begins: behind this one.
public struct UploadMarker: Sendable, Equatable {
    var key: String
    var uploadId: String?

    /// Whether both mark the same place, byte by byte.
    public static func == (one: UploadMarker, other: UploadMarker) -> Bool {
        one.key.hasBytes(of: other.key) && one.uploadId == other.uploadId
    }
}

/// One upload that is under way.
public struct MultipartUpload: Sendable, Equatable {
    /// The key of the object that it is of.
    public var key: String
    /// Its id.
    public var uploadId: String
    /// When it was begun, in seconds since 1970.
    public var initiated: Int64?
    /// Who began it: a canonical user id or an ARN.
    public var initiatorId: String?
    /// The storage class it will have.
    public var storageClass: String?
    /// The algorithm of its checksums.
    public var checksumAlgorithm: String?

    /// Makes an upload.
    public init(key: String, uploadId: String) {
        self.key = key
        self.uploadId = uploadId
    }
}

extension S3Client {
    /// ListMultipartUploads: the uploads that are under way in a bucket.
    public func listMultipartUploads(
        _ request: ListMultipartUploadsRequest
    ) -> PagedSequence<MultipartUpload, UploadMarker> {
        pages(request, subject: "s3://\(request.bucket)/\(request.prefix)") { $0.marker = $1 }
    }
}

extension ListMultipartUploadsRequest: S3Operation {
    static let name = "ListMultipartUploads"

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var query = [(name: "uploads", value: ""), (name: "encoding-type", value: "url")]
        if !prefix.isEmpty { query.append((name: "prefix", value: prefix)) }
        if let pageSize { query.append((name: "max-uploads", value: "\(pageSize)")) }
        if let marker {
            query.append((name: "key-marker", value: marker.key))
            if let uploadId = marker.uploadId { query.append((name: "upload-id-marker", value: uploadId)) }
        }
        return try target.request(
            Self.name, "GET", S3Place(bucket: bucket), query: query,
            requesterPays: requesterPays)
    }

    func output(
        of reply: HTTPCollectedResponse
    ) throws(MalformedReply) -> PagedSequence<MultipartUpload, UploadMarker>.Page {
        let result = try reply.document("ListMultipartUploadsResult")
        var uploads: [MultipartUpload] = []
        for element in result.all("Upload") { uploads.append(try MultipartUpload(element, in: result)) }
        guard result.isTrue("IsTruncated") else { return .init(elements: uploads, next: nil) }
        if let key = try result.listed("NextKeyMarker", in: result), !key.isEmpty {
            let next = UploadMarker(key: key, uploadId: result.optional("NextUploadIdMarker"))
            return .init(elements: uploads, next: next)
        }
        guard let last = uploads.last else {
            throw MalformedReply(reason: "<ListMultipartUploadsResult> is truncated, but says not where")
        }
        return .init(elements: uploads, next: UploadMarker(key: last.key, uploadId: last.uploadId))
    }
}

extension MultipartUpload {
    fileprivate init(_ element: XMLElement, in listing: XMLElement) throws(MalformedReply) {
        guard let key = try element.listed("Key", in: listing) else {
            throw MalformedReply(reason: "<Upload> has no <Key>")
        }
        self.init(key: key, uploadId: try element.required("UploadId"))
        initiated = element.optional("Initiated").flatMap { Int64(timestamp: $0) }
        initiatorId = element["Initiator"]?.optional("ID")
        storageClass = element.optional("StorageClass")
        checksumAlgorithm = element.optional("ChecksumAlgorithm")
    }
}
