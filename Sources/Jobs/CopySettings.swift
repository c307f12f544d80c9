public import S3

/// How objects are to be copied.
///
/// The driver takes it from its environment and from `userArguments`, the worker from flags and its environment. There
/// is one set of settings for every path, so that no two paths differ in what they make.
public struct CopySettings: Sendable, Equatable {
    /// What becomes of the source's tags, or of its metadata and Content-* headers.
    public enum Policy: Sendable, Equatable {
        /// The destination has what the source has.
        case copy
        /// The destination has none.
        case none
        /// The destination has these instead.
        case replace([String: String])
    }

    /// How sure the worker must be that the destination is its source.
    public enum Verification: String, Sendable, Equatable, CaseIterable {
        /// By what S3 says of both: ETag, checksum, size and parts.
        case standard
        /// By reading both and comparing them.
        case deep
    }

    /// An Object Lock.
    public struct Lock: Sendable, Equatable {
        /// `GOVERNANCE` or `COMPLIANCE`.
        public var mode: String
        /// Its end, as ISO 8601 in UTC.
        public var until: String

        /// Makes a lock.
        public init(mode: String, until: String) {
            self.mode = mode
            self.until = until
        }
    }

    /// The bucket that objects are copied to, where the destination is not given object by object.
    public var bucket: String?
    /// What is put before each key.
    public var prefix = ""
    /// The storage class; `nil` keeps the source's.
    public var storageClass: String?
    /// The KMS key that encrypts the destination; `nil` leaves encryption to the destination bucket's default.
    public var kmsKeyId: String?
    /// A canned ACL; excludes `grants`.
    public var acl: String?
    /// Grants by permission: `read` to `id="…"`.
    public var grants: [String: String] = [:]
    /// Whether the source's ACL is read and given to the destination.
    public var copiesACL = false
    /// What becomes of tags.
    public var tags = Policy.copy
    /// What becomes of metadata and Content-* headers; `replace` takes names of metadata, or of the headers themselves.
    public var metadata = Policy.copy
    /// Whether an object that stands at the destination and is not identical is replaced.
    public var overwrites = true
    /// The largest object that is copied by one CopyObject, in bytes; never more than 5 GB (S3: CopyObject, User Guide).
    public var inlineLimit: Int64 = 256 << 20
    /// The wanted size of a part in bytes; `nil` decides by the object.
    public var partSize: Int64?
    /// How many parts are under way at a time; `nil` decides by the object and adapts.
    public var parallelism: Int?
    /// How the destination is proven.
    public var verification = Verification.standard
    /// Whether requests say that the caller pays.
    public var requesterPays = false

    /// The Object Lock of copies whose source has none that is longer; `nil` keeps the source's.
    public var lock: Lock?

    /// Where checkpoints are kept; `nil` keeps none.
    ///
    /// Its prefix is empty or ends in `/`.
    public var state: ObjectPrefix?

    /// Makes the default settings.
    public init() {}
}
