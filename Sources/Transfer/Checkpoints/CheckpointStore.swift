/// Where checkpoints are kept: each write is made only if no one else has written meanwhile.
public protocol CheckpointStore: Sendable {
    /// The checkpoint of this name; `nil` when there is none.
    func read(_ name: String) async throws(CheckpointError) -> StoredCheckpoint?

    /// Writes a checkpoint in place of the one that has this token, or where there is none when it is `nil`.
    ///
    /// - Throws: `CheckpointError.conflict` when something else is there.
    func write(
        _ checkpoint: Checkpoint, as name: String, replacing token: String?
    ) async throws(CheckpointError) -> StoredCheckpoint

    /// Removes the checkpoint, if it still has this token.
    func remove(_ name: String, token: String) async throws(CheckpointError)
}

/// A checkpoint as a store has it.
public struct StoredCheckpoint: Sendable, Equatable {
    /// The checkpoint; `nil` when what is there cannot be read as one, because it is damaged or of a later version.
    public var checkpoint: Checkpoint?
    /// What the store knows this state of it by.
    public var token: String
    /// When it was written, in seconds since 1970 by the store's clock.
    public var written: Int64

    /// States what is there.
    public init(_ checkpoint: Checkpoint?, token: String, written: Int64) {
        self.checkpoint = checkpoint
        self.token = token
        self.written = written
    }
}

/// Why a checkpoint could not be read or written.
public enum CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Someone else wrote it meanwhile.
    case conflict
    /// The task was cancelled.
    case cancelled
    /// The store cannot be used; one line says why, and whether it may be usable later.
    case unavailable(String, mayPass: Bool = false)

    /// One line.
    public var description: String {
        switch self {
        case .conflict: "another worker has taken over the checkpoint"
        case .cancelled: "stopped"
        case .unavailable(let why, _): "the checkpoint cannot be kept: \(why)"
        }
    }
}
