/// How large groups become, and how many are open at a time.
public struct GroupLimits: Sendable, Equatable, Codable {
    /// The bytes that the objects of a group have at most, unless it is one object alone.
    public var size: Int64
    /// How many objects a group has at most.
    public var count: Int
    /// How many groups are open at a time; where one more begins, the one that got no object for longest is closed.
    public var openGroups: Int
    /// How many bytes the manifests of open groups have together; where it is more, the largest is closed.
    public var openBytes: Int64

    /// Makes limits.
    public init(
        size: Int64 = 4 << 30, count: Int = 65_000, openGroups: Int = 1_000, openBytes: Int64 = 2 << 30
    ) {
        self.size = size
        self.count = count
        self.openGroups = openGroups
        self.openBytes = openBytes
    }

    enum CodingKeys: String, CodingKey {
        case size, count
        case openGroups = "open_groups"
        case openBytes = "open_bytes"
    }
}
