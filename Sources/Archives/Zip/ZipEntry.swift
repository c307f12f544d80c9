/// A member as a zip's directory tells of it.
public struct ZipEntry: Sendable, Equatable {
    /// What a member is.
    public enum Kind: Sendable, Equatable {
        case file
        case directory
        /// A link, device or other thing; the file type bits of Unix's mode.
        case other(UInt16)
    }

    /// The name, as it stands in the archive.
    public var name: String
    /// The key, where s3haul kept one because the name had to differ.
    public var key: String?
    /// What it is.
    public var kind: Kind
    /// The bytes of its data.
    public var size: Int64
    /// The bytes of its data in the archive.
    public var compressedSize: Int64
    /// How the data is written; nil for a method that s3haul does not read, or an encrypted member.
    public var encoding: FrameEncoding?
    /// The CRC-32 of its data.
    public var crc32: UInt32
    /// The time of the last change, in seconds since 1970; of zips without time zone, as if in UTC.
    public var modified: Int64
    /// Where the header in front of its data begins.
    public var headerOffset: Int64

    /// The fixed part of that header, in bytes.
    public static let headerSize = 30

    /// Where the data lies, from the header in front of it.
    ///
    /// - Parameter header: The ``headerSize`` bytes from ``headerOffset`` on.
    /// - Returns: Where the data lies.
    /// - Throws: ``ArchiveError`` where it is no header, or s3haul does not read the member.
    public func location(header: [UInt8]) throws(ArchiveError) -> MemberLocation {
        guard let encoding else {
            throw ArchiveError(.unsupported, "\(name): encrypted, or another method than deflate", at: headerOffset)
        }
        var fields = LittleEndianReader(header)
        guard fields.next(UInt32.self) == ZipRecord.localSignature, fields.take(22) != nil,
            let nameLength = fields.next(UInt16.self), let extraLength = fields.next(UInt16.self)
        else { throw ArchiveError(.damaged, "\(name): no header in front of its data", at: headerOffset) }
        let length = Int64(Self.headerSize) + Int64(nameLength) + Int64(extraLength)
        let (offset, overflow) = headerOffset.addingReportingOverflow(length)
        guard !overflow, encoding != .none || size == compressedSize else {
            throw ArchiveError(.damaged, "\(name): stored, with another size", at: headerOffset)
        }
        return MemberLocation(
            frameOffset: offset, frameLength: compressedSize, encoding: encoding, dataOffset: 0, dataLength: size)
    }
}
