public import Manifests

/// Which members are wanted.
public struct Selection: Sendable {
    private let keys: Set<[UInt8]>
    private let globs: [Glob]

    /// All members.
    public static let all = Selection(keys: [], globs: [])

    /// Makes a selection: the members that have one of the keys, or fit one of the patterns; all where there are neither.
    ///
    /// - Parameters:
    ///   - keys: Keys, `bucket/key`, or names in the archive, byte for byte.
    ///   - globs: Patterns for the same.
    public init(keys: [String], globs: [Glob]) {
        self.keys = Set(keys.map { Array($0.utf8) })
        self.globs = globs
    }

    /// Whether nothing is left out.
    public var isEverything: Bool { keys.isEmpty && globs.isEmpty }

    /// How many members there can be at most where keys tell it; each may be there in several versions.
    var keyCount: Int? { globs.isEmpty && !keys.isEmpty ? keys.count : nil }

    /// What of the selection names a member.
    enum Match {
        case nothing
        case pattern
        case key([UInt8])
    }

    func match(_ member: FoundMember) -> Match {
        if isEverything { return .pattern }
        let names = member.names
        if !keys.isEmpty, let key = names.lazy.map({ Array($0.utf8) }).first(where: keys.contains) { return .key(key) }
        return globs.contains { glob in names.contains { glob.matches($0) } } ? .pattern : .nothing
    }

    /// The keys that were asked for and are not among those found.
    func missing(found: Set<[UInt8]>) -> [String] {
        keys.subtracting(found).map { String(decoding: $0, as: UTF8.self) }.sorted()
    }
}
