internal import Manifests

/// What objects of a group have in common, besides their bucket.
public enum GroupingRule: Sendable, Equatable {
    /// Nothing.
    case none
    /// So many folders of their keys, from the first.
    case prefix(depth: Int)
    /// The `YYYY/MM/DD` of their keys; those that have none are together.
    case keyDay
    /// The day in UTC on which they were last changed.
    case modifiedDay

    /// How many folders are looked at, at most: as many as a key of 1,024 bytes can have.
    public static let depths = 1...1_024

    /// Puts what the rule says of a row behind what is in `label`.
    ///
    /// - Throws: `GroupingError` where the manifest does not say it.
    func append(_ row: RowBytes, to label: inout [UInt8]) throws(GroupingError) {
        switch self {
        case .none: return
        case .prefix(let depth): label += row.key.folders(depth)
        case .keyDay: appendDay(Day(inKey: row.key), to: &label)
        case .modifiedDay:
            if let day = row.dayPrefix { return label += day }
            appendDay(Day(secondsSince1970: try row.modified()), to: &label)
        }
    }
}

private func appendDay(_ day: Day?, to label: inout [UInt8]) {
    if let day { day.append(to: &label) } else { label += "undated".utf8 }
}

extension [UInt8] {
    /// The first folders of a key, with the slash behind each; fewer where it has no more.
    fileprivate func folders(_ depth: Int) -> ArraySlice<UInt8> {
        var end = 0
        var left = depth
        for (position, byte) in enumerated() where byte == UInt8(ascii: "/") {
            end = position + 1
            left -= 1
            if left == 0 { break }
        }
        return self[..<end]
    }
}

extension RowBytes {
    /// The day of a time that is written as S3 writes it, in UTC: its first ten bytes.
    fileprivate var dayPrefix: ArraySlice<UInt8>? {
        guard lastModified.count >= 20, lastModified.last == UInt8(ascii: "Z"), lastModified[4] == UInt8(ascii: "-"),
            lastModified[7] == UInt8(ascii: "-"), lastModified[10] == UInt8(ascii: "T")
        else { return nil }
        return lastModified[..<10]
    }
}

extension GroupingRule: RawRepresentable, Codable {
    /// The rule as `none`, `prefix/2`, `key-day` or `modified-day`.
    public var rawValue: String {
        switch self {
        case .none: "none"
        case .prefix(let depth): "prefix/\(depth)"
        case .keyDay: "key-day"
        case .modifiedDay: "modified-day"
        }
    }

    /// Reads a rule; `nil` for another text.
    public init?(rawValue: String) {
        switch rawValue {
        case "none": self = .none
        case "key-day": self = .keyDay
        case "modified-day": self = .modifiedDay
        default:
            guard rawValue.hasPrefix("prefix/"), let depth = Int(rawValue.dropFirst("prefix/".count)),
                Self.depths.contains(depth)
            else { return nil }
            self = .prefix(depth: depth)
        }
    }
}
