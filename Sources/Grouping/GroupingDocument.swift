internal import FoundationEssentials

/// What a place has been filled with: the parameters of a grouping, its input, and how far it is.
///
/// It stands beside the manifests, so that the same command goes on with it and another is refused.
public struct GroupingDocument: Sendable, Equatable, Codable {
    /// How objects are grouped.
    public struct Parameters: Sendable, Equatable, Codable {
        /// What objects of a group have in common.
        public var rule: GroupingRule
        /// How large groups become.
        public var limits: GroupLimits
        /// Which objects are taken.
        public var filter: ObjectFilter

        /// Makes parameters.
        public init(rule: GroupingRule, limits: GroupLimits, filter: ObjectFilter) {
            self.rule = rule
            self.limits = limits
            self.filter = filter
        }
    }

    /// What is grouped.
    public struct Input: Sendable, Equatable, Codable {
        /// Its address or path.
        public var name: String
        /// What tells these bytes from others at the same address.
        public var identity: String

        /// Makes an input.
        public init(name: String, identity: String) {
            self.name = name
            self.identity = identity
        }
    }

    /// What the groups have together.
    public struct Totals: Sendable, Equatable, Codable {
        /// How many rows were read.
        public var rows: Int64 = 0
        /// How many objects are in groups.
        public var objects: Int64 = 0
        /// How many bytes they have, as far as the input says it.
        public var bytes: Int64 = 0
        /// How many groups there are.
        public var groups: Int64 = 0
        /// How many of the objects have no size in the input, and count as empty.
        public var withoutSize: Int64 = 0
        /// How many rows were passed over, by why.
        public var skipped: [String: Int64] = [:]

        /// Counts from zero.
        public init() {}

        enum CodingKeys: String, CodingKey {
            case rows, objects, bytes, groups, skipped
            case withoutSize = "without_size"
        }
    }

    /// The version of this form.
    public static let schema = 1
    /// The document's name beside the manifests.
    public static let name = "grouping.json"

    /// The version of this form.
    public var schema = Self.schema
    /// What is grouped.
    public var input: Input
    /// How.
    public var parameters: Parameters
    /// When it began, in seconds since 1970: the moment from which ages are counted.
    public var started: Int64
    /// What came of it; `nil` until all manifests are there.
    public var totals: Totals?
    /// How many manifests have been submitted, by where to.
    public var submitted: [String: Int] = [:]

    /// Makes the document of a grouping that begins.
    public init(input: Input, parameters: Parameters, started: Int64) {
        self.input = input
        self.parameters = parameters
        self.started = started
    }

    /// Reads a document.
    ///
    /// - Throws: `GroupingError` for what is none.
    public init(json: [UInt8], name: String) throws(GroupingError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json))
        } catch {
            throw GroupingError("\(name) is no grouping of this program; give another place with --to")
        }
        guard schema == Self.schema else {
            throw GroupingError("\(name) is of another version of this program; give another place with --to")
        }
    }

    /// The document's bytes.
    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Why another grouping cannot be put where this one is: what differs, for messages; `nil` where it is the same.
    public func conflict(with other: Self) -> String? {
        if input.name != other.input.name { return "of \(input.name)" }
        if input != other.input { return "of \(input.name) as it was before it changed" }
        let (mine, theirs) = (parameters, other.parameters)
        if mine.rule != theirs.rule { return "by \(mine.rule.rawValue)" }
        if mine.limits != theirs.limits {
            return "of up to \(mine.limits.count) objects and \(mine.limits.size) bytes a group"
        }
        return mine.filter == theirs.filter ? nil : "with another choice of objects"
    }
}
