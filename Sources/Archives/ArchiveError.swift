/// Why an archive cannot be written or read.
public struct ArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What sort of failure it is.
    public enum Code: Sendable, Equatable {
        /// The bytes break the format's rules, or a checksum does not match.
        case damaged
        /// The bytes end too early.
        case truncated
        /// The format allows it, s3haul does not read it.
        case unsupported
        /// More than the limit that the caller, the format or s3haul sets.
        case tooLarge
        /// A member's bytes are not what was announced.
        case wrongMember
        /// A library could not get memory.
        case outOfMemory
    }

    /// What sort of failure it is.
    public var code: Code
    /// What is wrong.
    public var message: String
    /// Where: the offset in the archive, or in what its frames decode to, in bytes.
    public var offset: Int64

    /// Makes an error.
    public init(_ code: Code, _ message: String, at offset: Int64) {
        self.code = code
        self.message = message
        self.offset = offset
    }

    /// One line: what is wrong, and where.
    public var description: String { "\(message) (at byte \(offset))" }
}
