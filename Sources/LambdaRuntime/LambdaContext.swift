import HTTPTransport

/// What Lambda says of an invocation besides its event.
public struct LambdaContext: Sendable, Equatable {
    /// The id of the invocation, which Lambda's own log lines carry too.
    public var requestId: String
    /// When Lambda ends the invocation, in milliseconds since 1970.
    public var deadline: Int64
    /// The X-Ray trace header, where tracing is on.
    public var traceId: String?
    /// The client context as JSON, where the invoker sent one.
    public var clientContext: String?
    /// The Cognito identity as JSON, where the invoker has one.
    public var cognitoIdentity: String?
    /// The ARN by which the function was invoked.
    public var invokedFunctionARN: String?
    /// The tenant, where the function keeps tenants apart.
    public var tenantId: String?

    /// Makes a context.
    public init(requestId: String, deadline: Int64) {
        self.requestId = requestId
        self.deadline = deadline
    }

    /// Reads the context from the header of a reply to `next`.
    ///
    /// - Throws: `MalformedHeader` for a header without a usable id or deadline.
    init(_ headers: HTTPHeaders) throws(MalformedHeader) {
        let idField = "Lambda-Runtime-Aws-Request-Id"
        guard let id = headers[idField], Self.isPathSegment(id) else {
            throw MalformedHeader(requestId: nil, field: idField, value: headers[idField])
        }
        let deadlineField = "Lambda-Runtime-Deadline-Ms"
        guard let deadline = headers[deadlineField].flatMap({ Int64($0) }), deadline > 0 else {
            throw MalformedHeader(requestId: id, field: deadlineField, value: headers[deadlineField])
        }
        self.init(requestId: id, deadline: deadline)
        traceId = headers["Lambda-Runtime-Trace-Id"]
        clientContext = headers["Lambda-Runtime-Client-Context"]
        cognitoIdentity = headers["Lambda-Runtime-Cognito-Identity"]
        invokedFunctionARN = headers["Lambda-Runtime-Invoked-Function-Arn"]
        tenantId = headers["Lambda-Runtime-Aws-Tenant-Id"]
    }

    /// How long the invocation may still take at a time given in milliseconds since 1970; zero when it is over.
    public func remaining(at now: Int64) -> Duration {
        let (left, overflow) = deadline.subtractingReportingOverflow(now)
        return overflow ? .zero : .milliseconds(max(left, 0))
    }

    /// Whether the id can stand in a path as it is.
    private static func isPathSegment(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= 256
            && id.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// A reply to `next` that cannot be handled.
struct MalformedHeader: Error, Equatable {
    /// The invocation, where it could be read.
    var requestId: String?
    var field: String
    var value: String?

    var message: String {
        "the Runtime API's header \(field) is \(value.map { $0.debugDescription } ?? "missing")"
    }
}
