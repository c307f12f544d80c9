public import HTTPTransport

/// Why an operation of an AWS service failed, with what a person needs to look into it.
public struct AWSError: Error, Sendable {
    /// What kind of failure it was.
    public enum Reason: Sendable {
        /// The service answered with an error, by status or inside a 200.
        case service(ServiceError)
        /// There was no usable answer.
        case transport(HTTPError)
        /// There are no credentials to sign with.
        case credentials(CredentialError)
        /// A configured value is wrong.
        case configuration(ConfigurationError)
        /// The answer could not be understood; the text says why.
        case malformedResponse(String)
        /// The task was cancelled.
        case cancelled
    }

    /// What kind of failure it was.
    public var reason: Reason
    /// The operation as AWS names it: `UploadPartCopy`.
    public var operation: String
    /// What the request was about: `s3://bucket/key`.
    public var subject: String
    /// How often it was sent.
    public var attempts: Int

    /// Makes an error.
    public init(_ reason: Reason, operation: String, subject: String, attempts: Int) {
        self.reason = reason
        self.operation = operation
        self.subject = subject
        self.attempts = attempts
    }
}

/// What a service says of an error.
public struct ServiceError: Sendable, Equatable {
    /// The HTTP status; 200 for an error inside a successful reply.
    public var status: Int
    /// The service's code: `NoSuchKey`; made from the status where the service gave none, as for HEAD.
    public var code: String
    /// The service's message; empty where it gave none.
    public var message: String
    /// `x-amz-request-id` or its like.
    public var requestId: String?
    /// `x-amz-id-2`, of S3 alone.
    public var hostId: String?
    /// The reply's header fields.
    public var headers: HTTPHeaders

    /// Makes an error.
    public init(
        status: Int, code: String, message: String = "", requestId: String? = nil, hostId: String? = nil,
        headers: HTTPHeaders = [:]
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.requestId = requestId
        self.hostId = hostId
        self.headers = headers
    }
}

extension AWSError {
    /// What the service said, if it said anything.
    public var service: ServiceError? {
        if case .service(let error) = reason { error } else { nil }
    }

    /// The service's code; `nil` when no service answered.
    public var code: String? { service?.code }

    /// The HTTP status; `nil` when no service answered.
    public var status: Int? { service?.status }

    /// Whether the same request may well succeed later: throttling, timeouts, 5xx, broken connections.
    public var isTransient: Bool { false }

    /// Whether the service asks for fewer requests.
    public var isThrottling: Bool { false }

    /// Whether the task was cancelled.
    public var isCancellation: Bool {
        if case .cancelled = reason { true } else { false }
    }
}

extension AWSError: CustomStringConvertible {
    /// One line: operation, subject, code, message and request id.
    public var description: String { "\(operation) \(subject): \(reason)" }
}
