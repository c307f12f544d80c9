/// One attempt's hold on a checkpoint: as long as each write finds what the last one left, no one else is at it.
actor CheckpointLease {
    private let store: any CheckpointStore
    private let name: String
    private let now: @Sendable () -> Int64
    private(set) var checkpoint: Checkpoint
    private var token: String?

    /// Holds nothing yet; the first write takes the place of what has this token, or of nothing.
    init(
        _ checkpoint: Checkpoint, as name: String, in store: any CheckpointStore, replacing token: String?,
        now: @escaping @Sendable () -> Int64
    ) {
        self.checkpoint = checkpoint
        self.name = name
        self.store = store
        self.token = token
        self.now = now
    }

    /// Writes the checkpoint, with a new heartbeat and what is changed in it.
    ///
    /// - Returns: When it was written, by the store's clock.
    @discardableResult
    func write(_ change: (inout Checkpoint) -> Void = { _ in }) async throws(CheckpointError) -> Int64 {
        checkpoint.heartbeat = now()
        change(&checkpoint)
        let written: StoredCheckpoint
        do {
            written = try await store.write(checkpoint, as: name, replacing: token)
        } catch .conflict {
            // A write whose reply was lost, or that was cancelled on its way, has changed the token.
            guard let found = try await store.read(name), found.checkpoint?.attempt == checkpoint.attempt else {
                throw .conflict
            }
            written = try await store.write(checkpoint, as: name, replacing: found.token)
        }
        token = written.token
        return written.written
    }

    /// Goes back to the intent, for another upload than the one that was found.
    func restart() {
        checkpoint.state = .intent
        checkpoint.uploadId = nil
        checkpoint.started = nil
    }

    /// Removes the checkpoint: there is nothing to go on with.
    func remove() async throws(CheckpointError) {
        guard let held = token else { return }
        do {
            try await store.remove(name, token: held)
        } catch .conflict {
            guard let found = try await store.read(name), found.checkpoint?.attempt == checkpoint.attempt else {
                return
            }
            try await store.remove(name, token: found.token)
        }
        token = nil
    }
}
