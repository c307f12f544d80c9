import Glibc
import HTTPTransport

/// Reads requests off a connection, for a test server.
struct RequestReader {
    struct Head {
        var method: String
        var target: String
        var headers: HTTPHeaders
    }

    private let connection: Int32
    private var pending: [UInt8] = []

    init(_ connection: Int32) { self.connection = connection }

    /// The next request's line and header; `nil` when the client has gone.
    mutating func head() -> Head? {
        guard let first = line() else { return nil }
        let words = first.split(separator: " ")
        var headers = HTTPHeaders()
        while let field = line(), !field.isEmpty {
            let parts = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            headers.add(String(parts[0]), String(parts.last?.drop { $0 == " " } ?? ""))
        }
        return words.count == 3 ? Head(method: String(words[0]), target: String(words[1]), headers: headers) : nil
    }

    /// The body that the header announces.
    mutating func body(_ headers: HTTPHeaders) -> [UInt8]? {
        guard headers["Transfer-Encoding"] != "chunked" else { return chunks() }
        return take(headers["Content-Length"].flatMap { Int($0) } ?? 0)
    }

    private mutating func chunks() -> [UInt8]? {
        var body: [UInt8] = []
        while let size = line().flatMap({ Int($0, radix: 16) }) {
            guard let chunk = take(size), line() != nil else { return nil }
            body += chunk
            if size == 0 { return body }
        }
        return nil
    }

    private mutating func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeFirst(end + 1) }
                return String(decoding: pending[..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            }
            guard fill() else { return nil }
        }
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        while pending.count < count { guard fill() else { return nil } }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    private mutating func fill() -> Bool {
        let block = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
            count = max(recv(connection, buffer.baseAddress, buffer.count, 0), 0)
        }
        pending += block
        return !block.isEmpty
    }
}
