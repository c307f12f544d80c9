internal import Manifests

/// One object that a message asked to archive.
struct QueuedTask: Sendable, Equatable {
    var row: ManifestRow
    /// What deletes the message, or gives it back.
    var receiptHandle: String
    /// How often the message has been received.
    var receiveCount: Int
}
