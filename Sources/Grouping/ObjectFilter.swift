/// Which objects are taken.
public struct ObjectFilter: Sendable, Equatable, Codable {
    /// What keys begin with.
    public var prefix = ""
    /// Patterns of which a key must fit one, where there are any.
    public var patterns: [String] = []
    /// The storage classes; `nil` for all whose objects can be read without being restored before.
    public var storageClasses: [String]?
    /// How many seconds ago an object was changed at least.
    public var olderThan: Int64?
    /// How many seconds ago an object was changed at most.
    public var newerThan: Int64?
    /// The size in bytes that an object has at least.
    public var minimumSize: Int64?
    /// The size in bytes that an object has at most.
    public var maximumSize: Int64?
    /// Whether versions are taken that are not the current ones.
    public var allVersions = false

    /// Takes every current object that can be read.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case prefix, patterns
        case storageClasses = "storage_classes"
        case olderThan = "older_than_seconds"
        case newerThan = "newer_than_seconds"
        case minimumSize = "minimum_size"
        case maximumSize = "maximum_size"
        case allVersions = "all_versions"
    }

    /// Those that must be restored before they are read (S3 User Guide, "Understanding S3 Glacier storage classes").
    static let archived = ["GLACIER", "DEEP_ARCHIVE"]
}
