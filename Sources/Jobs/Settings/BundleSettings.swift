/// How objects are put into archives; what archives are stored as is said by `CopySettings`.
public struct BundleSettings: Sendable, Equatable {
    /// The kinds of archive.
    public enum Format: String, Sendable, Equatable, CaseIterable {
        /// POSIX pax tar.
        case tar
        /// The same in frames of gzip.
        case tarGzip = "tar.gz"
        /// The same in frames of zstd.
        case tarZstd = "tar.zst"
        /// Zip, with zip64 where sizes ask for it.
        case zip
    }

    /// The forms of the index; JSON Lines are always written, since everything else reads them.
    public enum IndexFormat: String, Sendable, Equatable, CaseIterable {
        /// JSON Lines alone.
        case jsonLines = "jsonl"
        /// CSV besides.
        case csv
    }

    /// Who may take an Object Lock off the archive before its time.
    public enum LockMode: String, Sendable, Equatable, CaseIterable {
        /// Those who are allowed to bypass governance.
        case governance = "GOVERNANCE"
        /// Nobody.
        case compliance = "COMPLIANCE"
    }

    /// The kind of archive.
    public var format = Format.tarGzip
    /// The compression level; `nil` is 6 of gzip and zip, 3 of zstd.
    public var level: Int?
    /// The most bytes that are compressed together, and read to restore a small object.
    public var frameSize: Int64 = 1 << 20
    /// The largest object that goes into an archive, in bytes; larger ones are copied beside it.
    public var maxSize: Int64 = 2 << 30
    /// The archive's key below the destination, without its extension; `ArchiveName` says what stands in braces.
    public var archiveName = "{hash}/{bucket}/{name}"
    /// The form of the index.
    public var indexFormat = IndexFormat.jsonLines
    /// Whether sources are deleted once archive and index are proven.
    public var deletesSource = false
    /// Whether, in a bucket with versions, the archived version itself is deleted instead of a delete marker set.
    public var deletesVersions = false
    /// Who may take the archive's Object Lock off; set together with `lockDays`.
    public var lockMode: LockMode?
    /// For how many days archive and index are locked.
    public var lockDays: Int?

    /// Makes the default settings.
    public init() {}
}
