public import HTTPTransport

/// A request to an AWS service, before it is signed.
public struct AWSRequest: Sendable {
    /// The operation as AWS names it, for errors, metrics and logs.
    public var operation: String
    /// The service that is asked.
    public var service: AWSService
    /// The region that the request is signed for.
    public var region: String
    /// Where it goes.
    public var endpoint: Endpoint
    /// The method.
    public var method: String
    /// The path behind the endpoint's base path, percent-encoded once, with a leading slash.
    public var path: String
    /// The query, not encoded, in any order; a valueless key has an empty value.
    public var query: [(name: String, value: String)]
    /// Header fields to sign and send.
    public var headers: HTTPHeaders
    /// What is sent behind the header.
    public var body: HTTPBody
    /// How the body enters the signature.
    public var payload: PayloadSigning
    /// How long each stage of one attempt may take.
    public var deadlines: HTTPDeadlines
    /// What the request is about, for errors: `s3://bucket/key`, a queue, a job.
    public var subject: String
    /// Whether a 200 reply is searched for an `<Error>` body.
    ///
    /// True for every S3 operation but GetObject.
    public var mayFailInside200: Bool
    /// Whether a second attempt may follow one that the server may have acted on.
    public var isRepeatable: Bool

    /// Makes a request.
    public init(
        operation: String, service: AWSService, region: String, endpoint: Endpoint, method: String, path: String,
        query: [(name: String, value: String)] = [], headers: HTTPHeaders = [:], body: HTTPBody = .empty,
        payload: PayloadSigning = .signed, deadlines: HTTPDeadlines = .init(), subject: String,
        mayFailInside200: Bool = false, isRepeatable: Bool = true
    ) {
        self.operation = operation
        self.service = service
        self.region = region
        self.endpoint = endpoint
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.payload = payload
        self.deadlines = deadlines
        self.subject = subject
        self.mayFailInside200 = mayFailInside200
        self.isRepeatable = isRepeatable
    }
}

/// How a request's body enters its signature.
public enum PayloadSigning: Sendable, Equatable {
    /// By its SHA-256, computed from the bytes in memory.
    case signed
    /// By a SHA-256 in hexadecimal that the caller knows.
    case digest(String)
    /// Not at all: `UNSIGNED-PAYLOAD`, for streamed bodies.
    case unsigned
}
