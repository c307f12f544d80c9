/// The work of writing one frame; it needs nothing but what it holds.
typealias FrameJob = @Sendable () throws -> EncodedFrame

/// Bytes ready for the archive, and what of which members is in them.
struct EncodedFrame: Sendable {
    var bytes: [UInt8]
    var parts: [MemberPart]
    /// What compressed it, to be used again.
    var compressor: ZstdCompressor?
}

/// What one frame has of one member.
struct MemberPart: Sendable {
    /// The place of a part among those of its member.
    struct Edge: OptionSet, Sendable {
        let rawValue: Int
        /// The member's first byte is here.
        static let first = Edge(rawValue: 1)
        /// The member's last byte is here.
        static let last = Edge(rawValue: 2)
    }

    var entry: MemberEntry
    var edge: Edge
    /// Where its data begins: of a tar, in what is compressed; of a zip, in what is written.
    var offset: Int
    /// Of a zip: how many bytes of data the frame has.
    var length = 0
}

/// A member with the name and checksum that the archive gives it.
struct MemberEntry: Sendable {
    var member: ArchiveMember
    var name: String
    /// Known with the last part.
    var crc32: UInt32 = 0
    /// Of a zip: whether its bytes are compressed.
    var isDeflated = false
    /// Of a zip: the bytes of the header in front of its data.
    var headerLength = 0
}

/// How one kind of archive is laid out: members become frames, and frames that are written become places.
protocol ArchiveLayout: Sendable {
    /// Begins a member.
    mutating func begin(_ entry: MemberEntry) throws(ArchiveError) -> [FrameJob]
    /// Adds bytes of the member.
    mutating func write(_ bytes: ArraySlice<UInt8>) throws(ArchiveError) -> [FrameJob]
    /// Ends the member; its checksum is known.
    mutating func end(crc32: UInt32) throws(ArchiveError) -> [FrameJob]
    /// Ends the archive's members.
    mutating func finish() throws(ArchiveError) -> [FrameJob]
    /// Puts the next frame, in order, into the archive.
    mutating func place(_ frame: EncodedFrame) throws(ArchiveError) -> [ArchiveOutput]
    /// What stands behind the last frame.
    mutating func trailer() throws(ArchiveError) -> [ArchiveOutput]
}
