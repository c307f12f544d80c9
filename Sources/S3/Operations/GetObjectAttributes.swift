public import AWSCore
internal import HTTPTransport

/// What GetObjectAttributes is asked.
public struct GetObjectAttributesRequest: Sendable {
    /// The object, or one version of it.
    public var object: ObjectReference
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false
    var partNumberMarker: Int?

    /// Asks for an object's attributes.
    public init(_ object: ObjectReference) { self.object = object }
}

/// What GetObjectAttributes answers.
public struct GetObjectAttributesOutput: Sendable, Equatable {
    /// One part that the object was uploaded in.
    public struct ObjectPart: Sendable, Equatable {
        /// The part's number.
        public var number: Int
        /// Its size in bytes.
        public var size: Int64
        /// The checksum that S3 keeps of it.
        public var checksum: ObjectChecksum?
    }

    /// The ETag, without its quotes; `nil` where the store gives none.
    public var eTag: String?
    /// The size in bytes; `nil` where the store gives none.
    public var objectSize: Int64?
    /// The storage class; `nil` means `STANDARD`.
    public var storageClass: String?
    /// The checksum that S3 keeps of the object.
    public var checksum: ObjectChecksum?
    /// How many parts it was uploaded in; `nil` where it was not uploaded in parts, or the store does not say.
    public var totalPartsCount: Int?
    /// The parts, in the order of their numbers; S3 names them only where it keeps a checksum of each.
    public var objectParts: [ObjectPart] = []
    /// The version; `nil` in a bucket that never had versions.
    public var versionId: String?
}

extension S3Client {
    /// GetObjectAttributes: an object's size, checksum and parts; one request for every 1,000 parts, 10,000 at most.
    public func getObjectAttributes(
        _ request: GetObjectAttributesRequest
    ) async throws(AWSError) -> GetObjectAttributesOutput {
        var (output, next) = try await perform(request)
        var page = request
        while let marker = next {
            page.partNumberMarker = marker
            let (more, following) = try await perform(page)
            output.objectParts += more.objectParts
            next = following
        }
        return output
    }
}

extension GetObjectAttributesRequest: S3Operation {
    static let name = "GetObjectAttributes"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var headers: HTTPHeaders = [
            "x-amz-object-attributes": "ETag,Checksum,ObjectParts,StorageClass,ObjectSize", "x-amz-max-parts": "1000",
        ]
        headers.set("x-amz-part-number-marker", partNumberMarker.map { "\($0)" })
        return try target.request(
            Self.name, "GET", S3Place(object), query: [(name: "attributes", value: "")],
            requesterPays: requesterPays,
            headers: headers)
    }

    /// The attributes with the parts of one page, and where the next page begins.
    func output(
        of reply: HTTPCollectedResponse
    ) throws(MalformedReply) -> (attributes: GetObjectAttributesOutput, next: Int?) {
        // S3 answers with the first, its API Reference and stores that follow it with the second.
        let result = try reply.document("GetObjectAttributesResponse", "GetObjectAttributesOutput")
        var output = GetObjectAttributesOutput()
        output.eTag = ETag.unquoted(result.text(of: "ETag"))
        output.objectSize = result.number("ObjectSize")
        output.storageClass = result.optional("StorageClass")
        output.checksum = result["Checksum"]?.checksum
        output.versionId = reply.headers.text("x-amz-version-id")
        guard let parts = result["ObjectParts"] else { return (output, nil) }
        output.totalPartsCount = parts.number("TotalPartsCount") ?? parts.number("PartsCount")
        for element in parts.all("Part") { output.objectParts.append(try .init(element)) }
        return (output, try next(in: parts))
    }

    private func next(in parts: XMLElement) throws(MalformedReply) -> Int? {
        guard parts.isTrue("IsTruncated") else { return nil }
        guard let next: Int = parts.number("NextPartNumberMarker"), next > partNumberMarker ?? 0, next <= 10_000 else {
            throw MalformedReply(reason: "<ObjectParts> is truncated, but does not go on")
        }
        return next
    }
}

extension GetObjectAttributesOutput.ObjectPart {
    fileprivate init(_ element: XMLElement) throws(MalformedReply) {
        guard let number: Int = element.number("PartNumber"), let size: Int64 = element.number("Size") else {
            throw MalformedReply(reason: "<Part> has no <PartNumber> or no <Size>")
        }
        self.init(number: number, size: size, checksum: element.checksum)
    }
}
