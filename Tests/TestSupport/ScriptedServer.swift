import Glibc
public import HTTPTransport

/// An HTTP/1.1 server on loopback that does to a client what the test's script says, byte by byte.
///
/// Each connection has a thread of its own, so that a script may hold one up without holding up the others.
public final class ScriptedServer: Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        /// The method.
        public var method: String
        /// Path and query, as sent.
        public var target: String
        /// The header fields.
        public var headers: HTTPHeaders
        /// The body, decoded where it came in chunks.
        public var body: [UInt8]
        /// Which connection it came on, from 0.
        public var connection: Int
        /// Which request it is, from 0, over all connections.
        public var number: Int
    }

    /// What a script does with a connection.
    public enum Action: Sendable {
        /// Sends these bytes as they are.
        case send([UInt8])
        /// Waits for the test.
        case wait(Gate)
        /// Sends blocks of zeros until so many bytes are sent or the client goes away; `bytesSent` counts them.
        case flood(Int)
        /// Closes the connection.
        case close
        /// Closes the connection with a reset.
        case reset
    }

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var openConnections: Set<Int32> = []
        var bytesSent = 0
        var isStopped = false
    }

    /// What is done before a request's body is read; `nil` reads on at once.
    public typealias Hold = @Sendable (_ method: String, _ target: String) -> Gate?
    /// What is done with the connection once a request is there.
    public typealias Script = @Sendable (Request) -> [Action]

    /// The port on 127.0.0.1.
    public let port: UInt16
    private let listener: Int32
    private let state = Locked(State())
    private let hold: Hold
    private let script: Script

    /// Starts a server on a free port.
    ///
    /// - Parameters:
    ///   - hold: Asked for a gate when a request's header is there, before its body is read.
    ///   - script: What is done for each request.
    /// - Throws: `ServerError` when there is no socket to be had.
    public init(hold: @escaping Hold = { _, _ in nil }, script: @escaping Script) throws {
        self.hold = hold
        self.script = script
        (listener, port) = try Loopback.listen()
        let (listener, accept) = (listener, Accept(server: self))
        Loopback.onThread {
            while let connection = Loopback.accept(listener) {
                guard let server = accept.server else {
                    close(connection)
                    break
                }
                server.serve(connection)
            }
        }
    }

    private final class Accept: @unchecked Sendable {
        // Unchecked: a weak reference is read atomically by the runtime and written once, before the thread starts.
        weak var server: ScriptedServer?
        init(server: ScriptedServer) { self.server = server }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)); close(listener) }

    /// `http://127.0.0.1:PORT`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Every request so far, in the order in which they were complete.
    public var requests: [Request] { state.withLock { $0.requests } }

    /// How many connections were made.
    public var connections: Int { state.withLock { $0.connections } }

    /// How many connections are open now.
    public var openConnections: Int { state.withLock { $0.openConnections.count } }

    /// How many bytes the clients' sockets have taken.
    public var bytesSent: Int { state.withLock { $0.bytesSent } }

    private func serve(_ connection: Int32) {
        let number = state.withLock { state in
            state.connections += 1
            state.openConnections.insert(connection)
            return state.connections - 1
        }
        Loopback.onThread { [self] in
            var reader = RequestReader(connection)
            while let head = reader.head() {
                hold(head.method, head.target)?.wait()
                guard let body = reader.body(head.headers) else { break }
                let request = record(head, body, connection: number)
                guard script(request).allSatisfy({ perform($0, connection) }) else { break }
            }
            state.withLock { _ = $0.openConnections.remove(connection) }
            close(connection)
        }
    }

    private func record(_ head: RequestReader.Head, _ body: [UInt8], connection: Int) -> Request {
        state.withLock { state in
            let request = Request(
                method: head.method, target: head.target, headers: head.headers, body: body, connection: connection,
                number: state.requests.count)
            state.requests.append(request)
            return request
        }
    }

    /// Whether the connection is good for another action.
    private func perform(_ action: Action, _ connection: Int32) -> Bool {
        switch action {
        case .send(let bytes): return send(bytes, connection)
        case .wait(let gate):
            gate.wait()
            return true
        case .flood(let total):
            let block = [UInt8](repeating: 0, count: 64 << 10)
            for _ in 0..<(total / block.count) where !send(block, connection) { return false }
            return send([UInt8](repeating: 0, count: total % block.count), connection)
        case .close: return false
        case .reset:
            Loopback.resetOnClose(connection)
            return false
        }
    }

    private func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            state.withLock { $0.bytesSent += count }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

extension [ScriptedServer.Action] {
    /// A whole response with a `Content-Length`.
    public static func respond(
        _ status: Int, _ headers: HTTPHeaders = [:], body: String = ""
    ) -> [ScriptedServer.Action] {
        respond(status, headers, bytes: [UInt8](body.utf8))
    }

    /// A whole response with a `Content-Length`.
    public static func respond(_ status: Int, _ headers: HTTPHeaders = [:], bytes: [UInt8]) -> [ScriptedServer.Action] {
        let fields = headers.fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        let head = "HTTP/1.1 \(status) Scripted\r\n\(fields)Content-Length: \(bytes.count)\r\n\r\n"
        return [.send([UInt8](head.utf8) + bytes)]
    }
}
