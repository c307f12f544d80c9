public import Archives
internal import FoundationEssentials

/// The members of a list that are wanted.
public struct SelectedMembers {
    private let list: MemberList
    private let selection: Selection
    private var found: Set<[UInt8]> = []

    init(_ list: MemberList, _ selection: Selection) {
        self.list = list
        self.selection = selection
    }

    /// The keys that were asked for and did not come by.
    public var missing: [String] { selection.missing(found: found) }

    /// Whether nothing more can come that is wanted: all keys are there, of an archive that tells only by being read.
    private var isSatisfied: Bool { list.walk != nil && selection.keyCount == found.count }

    /// The next member; nil at the end.
    ///
    /// - Throws: ``ExtractionError`` where the list cannot be read on.
    public mutating func next() async throws -> FoundMember? {
        while !isSatisfied, let member = try await list.next() {
            switch selection.match(member) {
            case .nothing: continue
            case .key(let key):
                found.insert(key)
                return member
            case .pattern: return member
            }
        }
        return nil
    }
}

extension MemberList {
    /// Those members of the list that are wanted.
    public consuming func selected(_ selection: Selection) -> SelectedMembers { SelectedMembers(self, selection) }
}

/// A member as a line of JSON shows it: the index's own line, or what the archive tells.
public enum MemberListing: Encodable {
    case indexed(IndexEntry)
    case found(FoundMember)

    private enum CodingKeys: String, CodingKey {
        case key, size
        case lastModified = "last_modified"
        case member, crc32, kind
    }

    /// Writes the line.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .indexed(let entry): try entry.encode(to: encoder)
        case .found(let member):
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(member.key, forKey: .key)
            try fields.encode(member.size, forKey: .size)
            try fields.encodeIfPresent(member.lastModified, forKey: .lastModified)
            try fields.encode(member.name, forKey: .member)
            try fields.encodeIfPresent(member.crc32, forKey: .crc32)
            try fields.encode(member.kind.text, forKey: .kind)
        }
    }
}

extension FoundMember {
    /// The time of the last change, as ISO 8601 in UTC.
    public var lastModified: String? {
        modified.map { Date(timeIntervalSince1970: Double($0)).formatted(.iso8601) }
    }

    /// What a line of JSON shows of it.
    public var listing: MemberListing { entry.map { .indexed($0) } ?? .found(self) }
}

extension FoundMember.Kind {
    fileprivate var text: String {
        switch self {
        case .file: "file"
        case .folder: "folder"
        case .other(let what): what
        }
    }
}
