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
public struct ServiceError: Error, Sendable, Equatable {
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
    public var isTransient: Bool {
        switch reason {
        case .service(let error): error.isTransient || error.isThrottling
        case .transport(let error): error.isTransient
        case .credentials(let error): error.isTransient
        case .malformedResponse: true
        case .configuration, .cancelled: false
        }
    }

    /// Whether the service asks for fewer requests.
    public var isThrottling: Bool { service?.isThrottling ?? false }

    /// Whether the task was cancelled.
    public var isCancellation: Bool {
        if case .cancelled = reason { true } else { false }
    }
}

extension HTTPError {
    /// Whether the same request may well succeed later.
    var isTransient: Bool { phase != .request && phase != .cancelled && phase != .limit }
}

extension ServiceError {
    /// Whether the service asks for fewer requests.
    public var isThrottling: Bool {
        status == 429 || status == 503 || ErrorCodes.throttling.contains(code)
    }

    /// Whether something failed on the way or inside the service, that may work when it is tried again.
    public var isTransient: Bool {
        Self.isTransient(status: status) || ErrorCodes.transient.contains(code)
    }

    /// Whether a reply of this status may well be another one later.
    static func isTransient(status: Int) -> Bool { status >= 500 && status != 501 && status != 505 }
}

extension AWSError: CustomStringConvertible {
    /// One line: operation, subject, what went wrong, the request's id, and how often it was tried.
    public var description: String {
        let tries = attempts > 1 ? " (after \(attempts) attempts)" : ""
        return ErrorText.oneLine("\(operation) \(subject): \(reason)\(tries)")
    }
}

extension AWSError.Reason: CustomStringConvertible {
    /// One line of what went wrong.
    public var description: String {
        switch self {
        case .service(let error): error.description
        case .transport(let error): error.description
        case .credentials(let error): error.description
        case .configuration(let error): error.description
        case .malformedResponse(let why): "the response cannot be understood: \(why)"
        case .cancelled: "cancelled"
        }
    }
}

extension ServiceError: CustomStringConvertible {
    /// One line: code, message, status, and the request's ids.
    public var description: String {
        var text = code
        if !message.isEmpty { text += ": \(message)" }
        text += " (HTTP \(status)"
        if let requestId { text += ", request id \(requestId)" }
        if let hostId { text += ", host id \(hostId)" }
        return text + ")"
    }
}

/// Text of services and keys, made fit for a line of a log.
enum ErrorText {
    /// The longest line, in characters.
    static let limit = 2_000

    /// The text with control characters escaped, cut off at `limit`.
    static func oneLine(_ text: String, limit: Int = limit) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(limit) {
            if scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}" {
                line.append(contentsOf: scalar.escaped(asASCII: true).unicodeScalars)
            } else {
                line.append(scalar)
            }
        }
        return String(line)
    }
}
