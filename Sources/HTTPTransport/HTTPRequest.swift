/// One HTTP/1.1 request, ready to be sent as it is.
public struct HTTPRequest: Sendable {
    /// The method: `GET`, `PUT`, …
    public var method: String
    /// The absolute URL, percent-encoded; it is sent as given: `..`, `//` and the like are not tidied up.
    public var url: String
    /// The header fields to send, besides `Host` and `Content-Length`, which are added where they are missing.
    public var headers: HTTPHeaders
    /// What is sent behind the header.
    public var body: HTTPBody
    /// How long each stage may take.
    public var deadlines: HTTPDeadlines
    /// Whether a configured proxy is passed by, as for metadata endpoints that only this machine can reach.
    public var bypassesProxy: Bool

    /// Makes a request.
    public init(
        method: String = "GET", url: String, headers: HTTPHeaders = [:], body: HTTPBody = .empty,
        deadlines: HTTPDeadlines = .init(), bypassesProxy: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadlines = deadlines
        self.bypassesProxy = bypassesProxy
    }
}

/// The body of a request.
public enum HTTPBody: Sendable {
    /// No body. `PUT` and `POST` then say `Content-Length: 0`.
    case empty
    /// A body that is in memory and can be sent again.
    case bytes([UInt8])
    /// A body that is made while it is sent: chunks are asked for only as fast as the server takes them.
    ///
    /// `length` is in bytes; `nil` sends it chunked. `next` gives the next chunk, `nil` at the end; what it throws
    /// ends the request in an error of the phase `send`.
    case stream(length: Int64?, next: @Sendable () async throws -> [UInt8]?)
}

/// How long the stages of a request may take; `nil` for as long as it takes.
public struct HTTPDeadlines: Sendable, Equatable {
    /// To resolve, connect and finish the TLS handshake.
    public var connect: Duration
    /// Without a byte in either direction, while the caller is ready for one.
    public var idle: Duration?
    /// From the moment a connection is free for the request to the last byte of the response.
    public var total: Duration?

    /// Makes deadlines.
    public init(connect: Duration = .seconds(5), idle: Duration? = .seconds(60), total: Duration? = nil) {
        self.connect = connect
        self.idle = idle
        self.total = total
    }
}
