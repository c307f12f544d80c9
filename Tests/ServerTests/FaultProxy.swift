import AWSCore
import FoundationEssentials
import HTTPTransport
import S3

/// The proxy that fails by rules, in front of the S3 server; its control address is described in the proxy itself.
struct FaultProxy {
    private struct Log: Decodable {
        var counts: [String: Int]
    }

    struct Refused: Error {
        var reply: String
    }

    /// A client whose requests go through the proxy; a new one, so that no row's throttling slows the next.
    func s3() throws -> S3Client { S3Client(try Stack.client("S3HAUL_TEST_S3_PROXY")) }

    /// Forgets all rules and requests.
    func clear() async throws {
        try await control("DELETE", "/rules")
        try await control("DELETE", "/requests")
    }

    /// Lets a fault of `Tests/faults` hit an operation.
    func arm(_ fault: String, operation: String) async throws {
        try await control("POST", "/rules?fault=\(fault)&operation=\(operation)")
    }

    /// Adds a rule, in JSON.
    func arm(rule: String) async throws {
        try await control("POST", "/rules", "{\"rules\": [\(rule)]}")
    }

    /// How many requests of an operation came.
    func count(_ operation: String) async throws -> Int {
        let reply = try await control("GET", "/requests")
        return try JSONDecoder().decode(Log.self, from: Data(reply)).counts[operation] ?? 0
    }

    @discardableResult
    private func control(_ method: String, _ target: String, _ body: String = "") async throws -> [UInt8] {
        let url = try Stack.variable("S3HAUL_TEST_FAULTS") + target
        let request = HTTPRequest(method: method, url: url, body: body.isEmpty ? .empty : .bytes(Array(body.utf8)))
        let reply = try await Stack.transport.get().send(request, collectingUpTo: 16 << 20)
        guard reply.status == 200 else { throw Refused(reply: String(decoding: reply.body, as: UTF8.self)) }
        return reply.body
    }
}
