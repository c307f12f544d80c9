/// A response whose body has not been read yet.
public struct HTTPResponse: Sendable {
    /// The status code.
    public let status: Int
    /// Every header field of the response.
    public let headers: HTTPHeaders
    /// The body, to be read once; letting go of it unread ends the connection.
    public let body: HTTPResponseBody
}

/// A response with its whole body.
public struct HTTPCollectedResponse: Sendable {
    /// The status code.
    public var status: Int
    /// Every header field of the response.
    public var headers: HTTPHeaders
    /// The body.
    public var body: [UInt8]

    /// Makes a response.
    public init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
