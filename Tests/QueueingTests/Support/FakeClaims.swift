import AWSCore
import HTTPTransport

@testable import Queueing

/// Claims in memory, and what goes wrong with them.
final class FakeClaims: ClaimStore {
    struct State {
        var objects: [String: [UInt8]] = [:]
        /// Done once, before the next `create`, `replace` or `write`.
        var intruder: (@Sendable () async throws -> Void)?
        /// Whether the next `create` or `replace` stores the bytes and yet finds something there, as after a lost reply.
        var losesReply = false
    }

    let state = Locked(State())

    var names: [String] { state.withLock { $0.objects.keys.sorted() } }

    func create(_ name: String, _ bytes: [UInt8]) async throws(AWSError) -> Bool {
        await intrude()
        return state.withLock { state in
            guard state.objects[name] == nil else { return false }
            state.objects[name] = bytes
            defer { state.losesReply = false }
            return !state.losesReply
        }
    }

    func write(_ name: String, _ bytes: [UInt8]) async throws(AWSError) {
        await intrude()
        state.withLock { $0.objects[name] = bytes }
    }

    func replace(_ name: String, _ bytes: [UInt8], ifMatch eTag: String) async throws(AWSError) -> Bool {
        await intrude()
        return state.withLock { state in
            guard let found = state.objects[name], Self.eTag(of: found) == eTag else { return false }
            state.objects[name] = bytes
            defer { state.losesReply = false }
            return !state.losesReply
        }
    }

    func read(_ name: String) async throws(AWSError) -> StoredClaim? {
        state.withLock { $0.objects[name].map { StoredClaim(bytes: $0, eTag: Self.eTag(of: $0)) } }
    }

    func remove(_ name: String) async throws(AWSError) { state.withLock { $0.objects[name] = nil } }

    /// As with S3, the same bytes have the same.
    private static func eTag(of bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func intrude() async {
        let intruder = state.withLock { state in
            defer { state.intruder = nil }
            return state.intruder
        }
        try? await intruder?()
    }
}
