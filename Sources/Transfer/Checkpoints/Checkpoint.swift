import Checksums
public import Jobs
public import S3

/// What a later attempt needs to go on with a transfer that was cut off.
public struct Checkpoint: Sendable, Equatable, Codable {
    /// How far a transfer is.
    public enum State: String, Sendable, Codable {
        /// The multipart upload may have been begun, or not.
        case intent
        /// The multipart upload is there.
        case running
        /// The destination is there and proven.
        case done
    }

    /// What a finished transfer made.
    public struct Result: Sendable, Equatable, Codable {
        /// The destination's ETag.
        public var eTag: String
        /// The destination's version; `nil` in a bucket that never had versions.
        public var versionId: String?
        /// How it is known to be the source.
        public var proof: TaskRecord.Proof

        enum CodingKeys: String, CodingKey {
            case eTag = "etag"
            case versionId = "version_id"
            case proof
        }
    }

    /// The version of this format.
    public static let currentSchema = 1

    /// The version of the format that it was written in.
    public var schema = currentSchema
    /// How far the transfer is.
    public var state = State.intent
    /// What is copied.
    public var source: ObjectReference
    /// The ETag that it has.
    public var sourceETag: String
    /// Where it goes.
    public var destination: ObjectReference
    /// What the destination is to be like: another digest is another destination.
    public var settings: String
    /// How many bytes it has.
    public var size: Int64
    /// The parts, which stay what they are for as long as the upload does; known from the intent on.
    public var layout: PartLayout?
    /// Who is at it.
    public var owner: WorkerIdentity
    /// Tells this attempt from all others, those of the same worker too.
    public var attempt: String
    /// When the owner last said that it is at it, in seconds since 1970 by its clock; 0 when it has given up.
    public var heartbeat: Int64
    /// When the upload was begun, in seconds since 1970 by S3's clock where it told; known once it runs.
    public var started: Int64?
    /// The multipart upload.
    public var uploadId: String?
    /// When earlier attempts meant to begin uploads of which nothing more is known, in seconds since 1970.
    public var intents: [Int64]?
    /// What was made.
    public var result: Result?

    enum CodingKeys: String, CodingKey {
        case schema, state, source, size, destination, settings, layout, owner, attempt, heartbeat, started, intents
        case result
        case sourceETag = "source_etag"
        case uploadId = "upload_id"
    }

    /// Whether both are of the same transfer, so that one can go on where the other was.
    func isSameTransfer(as other: Checkpoint) -> Bool {
        source == other.source && sourceETag == other.sourceETag && size == other.size
            && destination == other.destination && settings == other.settings
    }

    /// The name of the checkpoint of a task, which nothing but the task enters.
    public static func name(of task: CopyTask) -> String {
        let identity = [
            task.source.bucket, task.source.key, task.source.versionId ?? "", task.destination.bucket,
            task.destination.key,
        ]
        return digest(identity) + ".json"
    }

    /// A digest of a list of texts; no two lists have the same.
    static func digest(_ texts: [String]) -> String {
        let joined = texts.flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) }
        return SHA256.digest(joined).hexadecimal
    }
}

extension DestinationProperties {
    /// A digest of all that the destination is to be like.
    var digest: String {
        let properties = headers.properties
        let fields: [(String, String?)] = [
            ("content-type", properties.contentType), ("cache-control", properties.cacheControl),
            ("content-disposition", properties.contentDisposition), ("content-encoding", properties.contentEncoding),
            ("content-language", properties.contentLanguage), ("expires", properties.expires),
            ("redirect", properties.websiteRedirectLocation), ("class", properties.storageClass),
            ("encryption", properties.serverSideEncryption), ("key", properties.sseKMSKeyId),
            ("lock", properties.objectLockMode), ("until", properties.objectLockRetainUntilDate),
            ("hold", properties.objectLockLegalHold), ("acl", headers.acl),
            ("checksum", headers.checksumAlgorithm), ("checksum-type", headers.checksumType),
        ]
        let given = fields.flatMap { name, value in value.map { [name, $0] } ?? [] }
        let metadata = properties.metadata.sorted { $0.key < $1.key }.flatMap { ["meta", $0.key, $0.value] }
        let grants = headers.grants.sorted { $0.key < $1.key }.flatMap { ["grant", $0.key, $0.value] }
        let tags = (headers.tags ?? tagsAfterwards ?? []).flatMap { ["tag", $0.key, $0.value] }
        return Checkpoint.digest(given + metadata + grants + tags)
    }
}
