/// What is to be archived: one object.
public struct ArchiveMember: Sendable, Equatable {
    /// The name to keep, as it is: an object's key, or bucket and key.
    public var key: String
    /// The number of its bytes.
    public var size: Int64
    /// The time of the last change, in seconds since 1970, UTC.
    public var modified: Int64
    /// The Content-Type, where known; it tells what is compressed already.
    public var contentType: String?

    /// Makes a member.
    public init(key: String, size: Int64, modified: Int64 = 0, contentType: String? = nil) {
        self.key = key
        self.size = size
        self.modified = modified
        self.contentType = contentType
    }
}

/// Where a member's bytes lie: read the frame from the archive, decode it, take the data from what comes out.
///
/// The frame of a member too large for one is the run of frames that it fills; that of an uncompressed member is its
/// data alone, so that `dataOffset` is 0.
public struct MemberLocation: Sendable, Equatable {
    /// Where the frame begins in the archive, in bytes.
    public var frameOffset: Int64
    /// The bytes of the frame in the archive.
    public var frameLength: Int64
    /// How the frame is written.
    public var encoding: FrameEncoding
    /// Where the data begins in what the frame decodes to.
    public var dataOffset: Int64
    /// The bytes of the data.
    public var dataLength: Int64

    /// Makes a location.
    public init(
        frameOffset: Int64, frameLength: Int64, encoding: FrameEncoding, dataOffset: Int64, dataLength: Int64
    ) {
        self.frameOffset = frameOffset
        self.frameLength = frameLength
        self.encoding = encoding
        self.dataOffset = dataOffset
        self.dataLength = dataLength
    }

    /// Whether it can lie in an archive of so many bytes; an index may say anything.
    public func isWithin(_ archiveSize: Int64) -> Bool {
        let starts = min(frameOffset, dataOffset) >= 0 && min(frameLength, dataLength) >= 0
        return starts && frameLength <= archiveSize && frameOffset <= archiveSize - frameLength
            && dataLength <= .max - dataOffset
    }
}

/// A member that is in the archive.
public struct StoredMember: Sendable, Equatable {
    /// What was archived.
    public var member: ArchiveMember
    /// Its name in the archive; see ``MemberName``.
    public var name: String
    /// The CRC-32 (of zip and gzip) of its bytes.
    public var crc32: UInt32
    /// Where its bytes lie.
    public var location: MemberLocation
}

/// What an archive's writer gives, in order.
public enum ArchiveOutput: Sendable, Equatable {
    /// The next bytes of the archive.
    case bytes([UInt8])
    /// A member whose bytes are all among those given so far.
    case member(StoredMember)
}
