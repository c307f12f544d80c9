/// The body of a response, as chunks in the order in which they arrive.
///
/// It holds at most a few hundred KiB: while the reader is slower than the server, the socket is not read.
public struct HTTPResponseBody: AsyncSequence, Sendable {
    /// A chunk of at least one byte.
    public typealias Element = [UInt8]
    /// What ends the body early.
    public typealias Failure = HTTPError

    /// Ends the exchange when no one can read its body any more.
    fileprivate final class Owner: Sendable {
        let exchange: Exchange
        let loop: EventLoop

        init(_ exchange: Exchange, _ loop: EventLoop) {
            self.exchange = exchange
            self.loop = loop
        }

        deinit { loop.post(.cancel(exchange)) }

        func next() async throws(HTTPError) -> [UInt8]? {
            let chunk = await withTaskCancellationHandler {
                await exchange.download.next { loop.post(.resume(exchange)) }
            } onCancel: {
                loop.post(.cancel(exchange))
            }
            return try chunk.get()
        }
    }

    private let owner: Owner

    init(_ exchange: Exchange, _ loop: EventLoop) { owner = Owner(exchange, loop) }

    /// Reads the body's chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let owner: Owner

        /// The next chunk; `nil` at the end.
        ///
        /// - Throws: `HTTPError` when the connection failed before the body's end.
        public mutating func next() async throws(HTTPError) -> [UInt8]? { try await owner.next() }

        /// The next chunk; `nil` at the end.
        ///
        /// - Throws: `HTTPError` when the connection failed before the body's end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? {
            try await owner.next()
        }
    }

    /// Makes the reader; there may be only one.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(owner: owner) }

    /// The whole body.
    ///
    /// - Throws: `HTTPError` of phase `limit` when it is larger than `limit` bytes.
    public func collect(upTo limit: Int) async throws(HTTPError) -> [UInt8] {
        var whole: [UInt8] = []
        while let chunk = try await owner.next() {
            guard whole.count + chunk.count <= limit else {
                throw HTTPError(.limit, "the response's body is larger than \(limit) bytes", mayHaveBeenSent: true)
            }
            whole += chunk
        }
        return whole
    }
}
