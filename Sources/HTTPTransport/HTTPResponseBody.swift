/// The body of a response, as chunks in the order in which they arrive.
///
/// It holds at most a few hundred KiB: while the reader is slower than the server, the socket is not read.
public struct HTTPResponseBody: AsyncSequence, Sendable {
    /// A chunk of at least one byte.
    public typealias Element = [UInt8]
    /// What ends the body early.
    public typealias Failure = HTTPError

    /// Reads the body's chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        /// The next chunk; `nil` at the end.
        ///
        /// - Throws: `HTTPError` when the connection failed before the body's end.
        public mutating func next() async throws(HTTPError) -> [UInt8]? { nil }

        /// The next chunk; `nil` at the end.
        ///
        /// - Throws: `HTTPError` when the connection failed before the body's end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> [UInt8]? { nil }
    }

    /// Makes the reader; there may be only one.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }

    /// The whole body.
    ///
    /// - Throws: `HTTPError` of phase `limit` when it is larger than `limit` bytes.
    public func collect(upTo limit: Int) async throws(HTTPError) -> [UInt8] { [] }
}
