public import AWSCore
public import HTTPTransport

/// What GetObject is asked.
public struct GetObjectRequest: Sendable {
    /// The object, or one version of it.
    public var object: ObjectReference
    /// The bytes wanted, first and last included; `nil` for all.
    public var range: ClosedRange<Int64>?
    /// One part of it; excludes `range`.
    public var partNumber: Int?
    /// `If-Match`: the ETag it must have.
    public var ifMatch: String?
    /// Whether the reply shall have the object's checksum.
    public var withChecksum = false
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks for an object.
    public init(_ object: ObjectReference) { self.object = object }
}

/// What GetObject answers.
public struct GetObjectOutput: Sendable {
    /// What the header says; its `contentLength` is the body's.
    public var head: HeadObjectOutput
    /// `Content-Range`, as the header says it: `bytes 0-9/100`.
    public var contentRange: String?
    /// The bytes, to be read once.
    public var body: HTTPResponseBody
}

/// What GetObject answers, with the whole body.
public struct CollectedObject: Sendable {
    /// What the header says; its `contentLength` is the body's.
    public var head: HeadObjectOutput
    /// The bytes.
    public var bytes: [UInt8]

    /// Makes a reply.
    public init(head: HeadObjectOutput, bytes: [UInt8]) {
        self.head = head
        self.bytes = bytes
    }
}

extension S3Client {
    /// GetObject: an object's bytes all at once; a body that breaks off is asked for again from its beginning.
    ///
    /// - Parameters:
    ///   - request: The object, or a range of it.
    ///   - limit: How many bytes the caller is ready to hold; at least 256 KiB are taken.
    /// - Returns: The header and the bytes.
    /// - Throws: `AWSError`, for a larger body of a transport error of phase `limit`.
    public func getObject(
        _ request: GetObjectRequest, collectingUpTo limit: Int
    ) async throws(AWSError) -> CollectedObject {
        let (sent, reply) = try await addressed(request) { request throws(AWSError) in
            try await client.send(request, collectingUpTo: limit)
        }
        do throws(MalformedReply) {
            let head = try request.head(status: reply.status, reply.headers)
            guard head.contentLength == reply.body.count else {
                throw MalformedReply(reason: "\(head.contentLength) bytes announced, \(reply.body.count) received")
            }
            return CollectedObject(head: head, bytes: reply.body)
        } catch {
            throw sent.malformed(error)
        }
    }

    /// GetObject: an object's bytes, streamed.
    ///
    /// A body that breaks off is the reader's to go on with, by another request with `range` and `ifMatch`.
    ///
    /// - Throws: `AWSError`, also where the reply is not the range that was asked for.
    public func getObject(_ request: GetObjectRequest) async throws(AWSError) -> GetObjectOutput {
        let (sent, reply) = try await addressed(request) { request throws(AWSError) in
            try await client.stream(request)
        }
        do {
            return GetObjectOutput(
                head: try request.head(status: reply.status, reply.headers),
                contentRange: reply.headers.text("Content-Range"), body: reply.body)
        } catch {
            throw sent.malformed(error)
        }
    }
}

extension GetObjectRequest: S3Operation {
    static let name = "GetObject"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var headers = HTTPHeaders()
        headers.set("Range", range.map(byteRange))
        headers.set("If-Match", ifMatch.map(ETag.quoted))
        if withChecksum { headers.add("x-amz-checksum-mode", "ENABLED") }
        var request = try target.request(
            Self.name, "GET", S3Place(object), query: partNumber.map { [(name: "partNumber", value: "\($0)")] } ?? [],
            requesterPays: requesterPays,
            headers: headers)
        request.mayFailInside200 = false
        return request
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> HeadObjectOutput {
        try head(status: reply.status, reply.headers)
    }

    /// What the header says, once it is sure that it is about the bytes that were asked for.
    func head(status: Int, _ headers: HTTPHeaders) throws(MalformedReply) -> HeadObjectOutput {
        let head = try headers.headObjectOutput()
        guard let range else { return head }
        let wanted = "bytes \(range.lowerBound)-"
        guard status == 206, headers["Content-Range"]?.hasPrefix(wanted) == true else {
            throw MalformedReply(
                reason: "\(byteRange(range)) was asked for, but the reply is \(status) "
                    + (headers["Content-Range"] ?? "without Content-Range"))
        }
        return head
    }
}
