/// Sends HTTP/1.1 requests through libcurl's multi interface: one event-loop thread for any number of requests.
public final class HTTPClient: Sendable {
    /// What all requests of a client share.
    public struct Configuration: Sendable {
        /// How many connections to one host are open at a time; further requests wait their turn, in order.
        public var connectionsPerHost: Int
        /// A file of PEM certificates to trust instead of the system's, as `AWS_CA_BUNDLE` names it.
        public var certificateAuthorities: String?
        /// What is sent as `User-Agent`.
        public var userAgent: String

        /// Makes a configuration.
        public init(
            connectionsPerHost: Int = 128, certificateAuthorities: String? = nil, userAgent: String = "s3haul"
        ) {
            self.connectionsPerHost = connectionsPerHost
            self.certificateAuthorities = certificateAuthorities ?? SystemCertificates.file
            self.userAgent = userAgent
        }
    }

    private let loop: EventLoop

    /// Starts the event loop.
    ///
    /// - Throws: `HTTPError` when libcurl or the thread cannot be started.
    public init(_ configuration: Configuration = .init()) throws(HTTPError) {
        loop = try EventLoop(configuration)
    }

    deinit { loop.post(.stop) }

    /// Sends a request and gives back its response with the whole body.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - limit: How many bytes of body the caller is ready to hold.
    /// - Returns: The response, whatever its status.
    /// - Throws: `HTTPError`, of phase `limit` when the body is larger than `limit`.
    public func send(
        _ request: HTTPRequest, collectingUpTo limit: Int
    ) async throws(HTTPError) -> HTTPCollectedResponse {
        try await response(of: Exchange(request, limit: limit))
    }

    /// Sends a request and gives back its response as soon as the header is there.
    ///
    /// - Parameter request: What to send.
    /// - Returns: The response, whatever its status; its body is read as it arrives.
    /// - Throws: `HTTPError` when no header arrived.
    public func stream(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let exchange = Exchange(request, limit: nil)
        let body = HTTPResponseBody(exchange, loop)
        let head = try await response(of: exchange)
        return HTTPResponse(status: head.status, headers: head.headers, body: body)
    }

    /// Runs `body`, and the tasks that it makes, on the event loop's own thread: requests and their replies then change
    /// hands without waking another thread, which costs more than a small request itself.
    ///
    /// For work that is mostly waiting for replies. What computes for longer than some milliseconds, or blocks, keeps
    /// every request of this client waiting meanwhile.
    public func onEventLoop<Value: Sendable>(
        _ body: @concurrent @Sendable () async throws -> Value
    ) async rethrows -> Value {
        try await withTaskExecutorPreference(loop) { try await body() }
    }

    /// The event loop's own thread, for callers that prefer it for a part of what they do, as `onEventLoop` does for all.
    public var eventLoop: any TaskExecutor { loop }

    /// Ends every request with a `cancelled` error, and the event loop with its connections.
    public func shutdown() async {
        loop.post(.stop)
        await loop.waitUntilEnded()
    }

    private func response(of exchange: Exchange) async throws(HTTPError) -> HTTPCollectedResponse {
        let result = await withTaskCancellationHandler {
            loop.post(.start(exchange))
            return await Self.awaitResponse(of: exchange, loop)
        } onCancel: {
            loop.post(.cancel(exchange))
        }
        return try result.get()
    }

    /// Waits for the response, and feeds a streamed request body to the connection meanwhile.
    private static func awaitResponse(
        of exchange: Exchange, _ loop: EventLoop
    ) async -> Result<HTTPCollectedResponse, HTTPError> {
        guard let upload = exchange.upload, case .stream(_, let next) = exchange.request.body else {
            return await exchange.response.value()
        }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await upload.pump(from: next) { loop.post(.resume(exchange)) } }
            defer { group.cancelAll() }
            return await exchange.response.value()
        }
    }
}
