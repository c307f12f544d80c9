internal import Archives
internal import Checksums
internal import Manifests
internal import S3

/// Where everything of one bundle lies, by where its archive does.
struct BundlePlace: Sendable, Equatable {
    /// The archive.
    let archive: ObjectReference
    /// How often the name was taken, and one.
    let sequence: Int

    /// The index in a form.
    func index(_ format: IndexFormat) -> ObjectReference {
        ObjectReference(bucket: archive.bucket, key: archive.key + format.suffix)
    }

    /// What was deleted by an attempt.
    func deletions(attempt: String) -> ObjectReference {
        ObjectReference(bucket: archive.bucket, key: "\(archive.key).deleted.\(attempt).jsonl")
    }

    /// What to say of an archive that stays here unfinished, since another one of the same bundle was made.
    var leftover: String {
        "\(archive) is left of an earlier attempt, with other bytes and without an index: delete it, and what is below "
            + "\(archive.uri).objects"
    }

    /// Whether an object is what was deleted by an attempt.
    func isDeletions(_ object: ObjectReference) -> Bool {
        object.bucket == archive.bucket && AttemptName.isIn(object.key, after: "\(archive.key).deleted.")
    }

    /// Where an object is copied that is too large for the archive.
    ///
    /// The key is kept below a folder; what would be longer than S3's 1,024 bytes is named by its SHA-256.
    func beside(_ object: ObjectReference) -> ObjectReference {
        let version = object.versionId.map { ".version-\($0)" } ?? ""
        var key = "\(archive.key).objects\(version)/\(object.bucket)/\(object.key)"
        if key.utf8.count > 1024 {
            let digest = SHA256.digest(Array("\(object.key)\(version)".utf8)).hexadecimal
            key = "\(archive.key).objects/\(object.bucket)/\(digest)"
        }
        return ObjectReference(bucket: archive.bucket, key: key)
    }
}

/// The user metadata by which a bundle's objects are known to be its own: `x-amz-meta-s3haul-bundle`.
enum BundleMark {
    static let name = "s3haul-bundle"
    /// The user metadata of an index by which the dead letters are found of who stored it: `x-amz-meta-s3haul-attempt`.
    static let attempt = "s3haul-attempt"

    /// The mark of a bundle: its identity, in a form that any header takes.
    static func value(of identity: String) -> String { SHA256.digest(Array(identity.utf8)).hexadecimal }
}
