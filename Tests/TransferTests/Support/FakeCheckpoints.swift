import HTTPTransport
import Transfer

/// Checkpoints in memory, on the clock of a `FakeStore`.
final class FakeCheckpoints: CheckpointStore {
    struct State: Sendable {
        var stored: [String: StoredCheckpoint] = [:]
        var writes = 0
        /// Says what a write ends in, by how many there were before it.
        var fate: (@Sendable (Int) -> CheckpointError?)?
    }

    let state = Locked(State())
    let store: FakeStore

    init(_ store: FakeStore) { self.store = store }

    var only: Checkpoint? { state.withLock { $0.stored.values.first?.checkpoint } }

    func set(_ checkpoint: Checkpoint, as name: String, written: Int64) {
        state.withLock {
            $0.writes += 1
            $0.stored[name] = StoredCheckpoint(checkpoint, token: "set-\($0.writes)", written: written)
        }
    }

    func read(_ name: String) async throws(CheckpointError) -> StoredCheckpoint? {
        if Task.isCancelled { throw .cancelled }
        return state.withLock { $0.stored[name] }
    }

    func write(
        _ checkpoint: Checkpoint, as name: String, replacing token: String?
    ) async throws(CheckpointError) -> StoredCheckpoint {
        if Task.isCancelled { throw .cancelled }
        let now = store.state.withLock { $0.now }
        let outcome: Result<StoredCheckpoint, CheckpointError> = state.withLock { state in
            if let error = state.fate?(state.writes) { return .failure(error) }
            guard state.stored[name]?.token == token else { return .failure(.conflict) }
            state.writes += 1
            let stored = StoredCheckpoint(checkpoint, token: "token-\(state.writes)", written: now)
            state.stored[name] = stored
            return .success(stored)
        }
        return try outcome.get()
    }

    func remove(_ name: String, token: String) async throws(CheckpointError) {
        if Task.isCancelled { throw .cancelled }
        let isMine = state.withLock { state in
            guard state.stored[name]?.token == token else { return false }
            state.stored[name] = nil
            return true
        }
        if !isMine { throw .conflict }
    }
}
