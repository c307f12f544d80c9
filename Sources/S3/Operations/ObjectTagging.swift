public import AWSCore
internal import HTTPTransport

/// What GetObjectTagging is asked.
public struct ObjectTaggingRequest: Sendable {
    /// The object, or one version of it.
    public var object: ObjectReference
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks for an object's tags.
    public init(_ object: ObjectReference) { self.object = object }
}

/// What PutObjectTagging is asked.
public struct PutObjectTaggingRequest: Sendable {
    /// The object, or one version of it.
    public var object: ObjectReference
    /// The tags it has afterwards; at most 10 (S3 User Guide: Categorizing your objects using tags).
    public var tags: [Tag]
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks to give an object tags.
    public init(_ object: ObjectReference, tags: [Tag]) {
        self.object = object
        self.tags = tags
    }
}

extension S3Client {
    /// GetObjectTagging: an object's tags.
    public func getObjectTagging(_ request: ObjectTaggingRequest) async throws(AWSError) -> [Tag] {
        try await perform(GetObjectTagging(request: request))
    }

    /// PutObjectTagging: replaces an object's tags.
    public func putObjectTagging(_ request: PutObjectTaggingRequest) async throws(AWSError) {
        try await perform(request)
    }
}

private let tagging = [(name: "tagging", value: "")]

struct GetObjectTagging: S3Operation {
    static let name = "GetObjectTagging"
    var request: ObjectTaggingRequest
    var bucket: String { request.object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        try target.request(
            Self.name, "GET", S3Place(request.object), query: tagging, requesterPays: request.requesterPays)
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> [Tag] {
        var tags: [Tag] = []
        for element in try reply.document("Tagging")["TagSet"]?.all("Tag") ?? [] {
            tags.append(Tag(key: try element.required("Key"), value: element.text(of: "Value") ?? ""))
        }
        return tags
    }
}

extension PutObjectTaggingRequest: S3Operation {
    static let name = "PutObjectTagging"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var xml = "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet>"
        for tag in tags {
            xml += "<Tag>" + (try XMLText.element("Key", tag.key)) + (try XMLText.element("Value", tag.value))
            xml += "</Tag>"
        }
        let body = Array((xml + "</TagSet></Tagging>").utf8)
        let integrity = Integrity.header(body)
        return try target.request(
            Self.name, "PUT", S3Place(object), query: tagging,
            requesterPays: requesterPays,
            headers: ["Content-Type": "application/xml", integrity.name: integrity.value], body: .bytes(body))
    }

    func output(of reply: HTTPCollectedResponse) {}
}
