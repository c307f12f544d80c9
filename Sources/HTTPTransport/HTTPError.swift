/// Why a request has no response.
public struct HTTPError: Error, Sendable, Equatable {
    /// What was under way when it failed.
    public enum Phase: String, Sendable {
        /// The request itself cannot be sent: its URL or a header field is malformed.
        case request
        /// Looking up the name of the host, or of the proxy.
        case resolve
        /// Connecting to the host.
        case connect
        /// The TLS handshake, the server's certificate included.
        case tls
        /// Sending the request.
        case send
        /// Receiving the response.
        case receive
        /// A deadline passed.
        case time
        /// The response is larger than its caller is ready to hold.
        case limit
        /// The task was cancelled or the client shut down.
        case cancelled
    }

    /// What was under way when it failed.
    public var phase: Phase
    /// What went wrong, in one line, without the request's query or header.
    public var message: String
    /// Whether a byte of the request may have left this machine: the server may then have acted on it.
    public var mayHaveBeenSent: Bool

    /// Makes an error.
    public init(_ phase: Phase, _ message: String, mayHaveBeenSent: Bool) {
        self.phase = phase
        self.message = message
        self.mayHaveBeenSent = mayHaveBeenSent
    }
}

extension HTTPError: CustomStringConvertible {
    /// The message, with the phase before it.
    public var description: String { "\(phase.rawValue): \(message)" }
}
