internal import Manifests
internal import S3

/// An object of the manifest with all that its archive and its index need.
struct FetchedObject: Sendable {
    /// What there is of its bytes.
    enum Content: Sendable {
        /// All of them.
        case whole([UInt8])
        /// None: they are read range by range when it is their turn.
        case large
        /// None: it is too large for the archive.
        case oversize
    }

    /// Its place in the manifest, from 0.
    var ordinal: Int
    /// What the manifest says of it.
    var row: ManifestRow
    /// What S3 says of it.
    var head: HeadObjectOutput
    /// Its tags.
    var tags: [Tag] = []
    /// Whether `tags` are all there are; `false` where the reply did not say, and nothing is known of its bucket yet.
    var hasAllTags = false
    /// Who may do what with it, as the `x-amz-grant-…` headers say it, where that is to be kept.
    var grants: [String: String] = [:]
    /// S3's code where its tags may not be read.
    var tagsError: String?
    /// The MD5 of its bytes, where the ETag is not one.
    var md5: String?
    /// Its bytes.
    var content: Content

    /// The object, in the version that was read where the bucket has versions.
    var reference: ObjectReference {
        ObjectReference(bucket: row.bucket, key: row.key, versionId: row.versionId ?? head.versionId)
    }
}

/// What became of a row of the manifest.
enum Fetched: Sendable {
    case object(FetchedObject)
    case failed(DeadLetter, ordinal: Int)
    /// What ends the whole bundle.
    case ended(BundleFailure)
}
