public import Manifests
public import S3

/// What lies in the SQS queue for workers, one JSON object a message.
public enum QueueMessage: Sendable, Equatable {
    /// The settings that the work is done with, by the names of their environment variables: `S3HAUL_STORAGE_CLASS`.
    ///
    /// They go before the worker's own environment and flags; the worker checks them, since anybody may have sent them.
    public typealias Settings = [String: String]

    /// A manifest of which one bundle is to be made.
    case bundle(manifest: ObjectReference, settings: Settings)
    /// One object that is to be archived with others of its run.
    case object(ManifestRow, run: String, settings: Settings)
}

extension QueueMessage {
    enum CodingKeys: String, CodingKey {
        case schema, kind, bucket, key
        case versionId = "version_id"
        case run, settings
    }

    enum Kind: String, Codable {
        case bundle, object
    }

    /// The version of this format.
    static let schema = 1
}
