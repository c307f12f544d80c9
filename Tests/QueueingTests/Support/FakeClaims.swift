import AWSCore
import HTTPTransport

@testable import Queueing

/// Claims in memory, and what goes wrong with them.
final class FakeClaims: ClaimStore {
    struct State {
        var objects: [String: [UInt8]] = [:]
        /// Done once, before the next `create`.
        var intruder: (@Sendable () async throws -> Void)?
        /// Whether the next `create` stores the bytes and yet finds something there, as after a lost reply.
        var losesReply = false
    }

    let state = Locked(State())

    var names: [String] { state.withLock { $0.objects.keys.sorted() } }

    func create(_ name: String, _ bytes: [UInt8]) async throws(AWSError) -> Bool {
        let intruder = state.withLock { state in
            defer { state.intruder = nil }
            return state.intruder
        }
        try? await intruder?()
        return state.withLock { state in
            guard state.objects[name] == nil else { return false }
            state.objects[name] = bytes
            defer { state.losesReply = false }
            return !state.losesReply
        }
    }

    func write(_ name: String, _ bytes: [UInt8]) async throws(AWSError) {
        state.withLock { $0.objects[name] = bytes }
    }

    func read(_ name: String) async throws(AWSError) -> [UInt8]? { state.withLock { $0.objects[name] } }

    func remove(_ name: String) async throws(AWSError) { state.withLock { $0.objects[name] = nil } }
}
