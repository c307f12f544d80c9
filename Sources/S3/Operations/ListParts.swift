public import AWSCore
internal import HTTPTransport

/// What ListParts is asked.
public struct ListPartsRequest: Sendable {
    /// The object that the upload is of.
    public var object: ObjectReference
    /// The upload's id.
    public var uploadId: String
    /// How many parts a page has; S3 gives 1,000 unless told, and never more.
    public var pageSize: Int?
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false
    var marker: Int?

    /// Asks for an upload's parts.
    public init(_ object: ObjectReference, uploadId: String) {
        self.object = object
        self.uploadId = uploadId
    }
}

/// One part of an upload that is under way.
public struct Part: Sendable, Equatable {
    /// The part's number.
    public var partNumber: Int
    /// Its ETag, without quotes.
    public var eTag: String
    /// Its size in bytes.
    public var size: Int64
    /// When it was stored, in seconds since 1970.
    public var lastModified: Int64?
    /// The checksum that S3 keeps of it.
    public var checksum: ObjectChecksum?

    /// Makes a part.
    public init(partNumber: Int, eTag: String, size: Int64) {
        self.partNumber = partNumber
        self.eTag = eTag
        self.size = size
    }
}

extension S3Client {
    /// ListParts: the parts that an upload has so far, in the order of their numbers.
    ///
    /// Some stores name a part that was stored twice two times; the later `lastModified` counts.
    public func listParts(_ request: ListPartsRequest) -> PagedSequence<Part, Int> {
        pages(request, subject: "\(request.object)") { $0.marker = $1 }
    }
}

extension ListPartsRequest: S3Operation {
    static let name = "ListParts"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var query = [(name: "uploadId", value: uploadId)]
        if let pageSize { query.append((name: "max-parts", value: "\(pageSize)")) }
        if let marker { query.append((name: "part-number-marker", value: "\(marker)")) }
        return try target.request(
            Self.name, "GET", S3Place(object).withoutVersion, query: query,
            requesterPays: requesterPays)
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> PagedSequence<Part, Int>.Page {
        let result = try reply.document("ListPartsResult")
        var parts: [Part] = []
        for element in result.all("Part") { parts.append(try Part(element)) }
        guard result.isTrue("IsTruncated") else { return .init(elements: parts, next: nil) }
        guard let next: Int = result.number("NextPartNumberMarker") ?? parts.last?.partNumber else {
            throw MalformedReply(reason: "<ListPartsResult> is truncated, but says not where")
        }
        return .init(elements: parts, next: next)
    }
}

extension Part {
    fileprivate init(_ element: XMLElement) throws(MalformedReply) {
        guard let number: Int = element.number("PartNumber"), let size: Int64 = element.number("Size") else {
            throw MalformedReply(reason: "<Part> has no <PartNumber> or no <Size>")
        }
        self.init(partNumber: number, eTag: try element.requiredETag(), size: size)
        lastModified = element.optional("LastModified").flatMap { Int64(timestamp: $0) }
        checksum = element.checksum
    }
}
