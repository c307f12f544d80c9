/// Reads one member alone, from the bytes of its frame.
public struct MemberReader: ~Copyable {
    private var decoder: FrameDecoder
    private let location: MemberLocation
    private let expected: UInt32?
    private var skipped: Int64 = 0
    private var given: Int64 = 0
    private var crc32 = CRC32()

    /// Makes a reader of the member at a location.
    ///
    /// - Parameters:
    ///   - location: Where its bytes lie, from an index, a zip's directory, or the archive's writer.
    ///   - crc32: The checksum its bytes must have, where it is known.
    /// - Throws: ``ArchiveError`` where the location makes no sense.
    public init(_ location: MemberLocation, crc32: UInt32? = nil) throws(ArchiveError) {
        let (end, overflow) = location.dataOffset.addingReportingOverflow(location.dataLength)
        guard location.dataOffset >= 0, location.dataLength >= 0, !overflow, location.frameOffset >= 0,
            location.frameLength >= 0
        else {
            throw ArchiveError(.damaged, "The member's location makes no sense", at: location.frameOffset)
        }
        // A stored or deflated member is its frame; others may follow it in a frame of a tar, up to any size.
        decoder = try FrameDecoder(location.encoding, limit: location.encoding == .deflate ? end : .max)
        self.location = location
        expected = crc32
    }

    /// Reads from the next bytes of the frame, and takes them from the input.
    ///
    /// - Returns: The next bytes of the member, at most 256 KiB; none when it needs more input, or is at its end.
    public mutating func read(_ input: inout ArraySlice<UInt8>) throws(ArchiveError) -> [UInt8] {
        while !isComplete {
            let piece = try decoder.decode(&input, atMost: 256 << 10)
            if piece.isEmpty { return [] }
            let toSkip = Int(min(location.dataOffset - skipped, Int64(piece.count)))
            skipped += Int64(toSkip)
            let data = piece.dropFirst(toSkip).prefix(Int(clamping: location.dataLength - given))
            given += Int64(data.count)
            guard !data.isEmpty else { continue }
            crc32.update(data)
            return Array(data)
        }
        input = []
        return []
    }

    /// Whether all the member's bytes were given.
    public var isComplete: Bool { given == location.dataLength }

    /// Says that the frame is at its end.
    ///
    /// - Throws: ``ArchiveError`` where the member is not, or its bytes are not what was archived.
    public func finish() throws(ArchiveError) {
        guard isComplete else {
            throw ArchiveError(.truncated, "The frame ends before the member", at: location.frameOffset)
        }
        if let expected, expected != crc32.value {
            throw ArchiveError(.damaged, "The member's bytes have another CRC-32", at: location.frameOffset)
        }
    }
}
