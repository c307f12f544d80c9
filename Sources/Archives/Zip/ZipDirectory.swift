/// Where a zip's directory lies, as the end of the zip says it.
public struct ZipDirectory: Sendable, Equatable {
    /// Where it begins in the archive.
    public var offset: Int64
    /// Its bytes.
    public var size: Int64
    /// The number of its entries.
    public var count: Int64

    /// Makes a place.
    public init(offset: Int64, size: Int64, count: Int64) {
        self.offset = offset
        self.size = size
        self.count = count
    }

    /// How many bytes of an archive's end ``init(tail:archiveSize:)`` needs: all records, and the longest comment.
    public static let tailSize: Int64 = 56 + 20 + 22 + 65_535

    /// Finds the directory from an archive's last bytes.
    ///
    /// - Parameters:
    ///   - tail: The last ``tailSize`` bytes, or all of a shorter archive.
    ///   - archiveSize: The bytes of the archive.
    /// - Throws: ``ArchiveError`` where there is none, or it lies outside of the archive.
    public init(tail: [UInt8], archiveSize: Int64) throws(ArchiveError) {
        let tailOffset = archiveSize - Int64(tail.count)
        guard let end = Self.endRecord(in: tail) else {
            throw ArchiveError(.damaged, "No end of a zip", at: archiveSize)
        }
        var fields = LittleEndianReader(tail[(end + 4)...])
        guard let disk = fields.next(UInt16.self), let directoryDisk = fields.next(UInt16.self),
            fields.next(UInt16.self) != nil, let entries = fields.next(UInt16.self),
            let bytes = fields.next(UInt32.self), let start = fields.next(UInt32.self)
        else { throw ArchiveError(.truncated, "The end of the zip is cut off", at: archiveSize) }
        var place = (offset: UInt64(start), size: UInt64(bytes), count: UInt64(entries))
        var endOffset = tailOffset + Int64(end)
        if let record = try Self.zip64(in: tail, before: end, tailOffset: tailOffset) {
            place = record.place
            endOffset = record.start
        } else if (disk != 0 && disk != 0xFFFF) || directoryDisk != disk {
            throw ArchiveError(.unsupported, "A zip in several volumes", at: endOffset)
        }
        let (directoryEnd, overflow) = place.offset.addingReportingOverflow(place.size)
        guard !overflow, directoryEnd <= UInt64(clamping: endOffset), place.count <= place.size / 46 else {
            throw ArchiveError(.damaged, "The zip's directory does not lie in the zip", at: endOffset)
        }
        (offset, size, count) = (Int64(place.offset), Int64(place.size), Int64(place.count))
    }

    /// The last end record whose comment ends with the archive.
    private static func endRecord(in tail: [UInt8]) -> Int? {
        guard tail.count >= 22 else { return nil }
        return stride(from: tail.count - 22, through: 0, by: -1).first { start in
            tail[start] == 0x50 && tail[start + 1] == 0x4B && tail[start + 2] == 5 && tail[start + 3] == 6
                && start + 22 + Int(tail[start + 20]) + Int(tail[start + 21]) << 8 == tail.count
        }
    }

    private static func zip64(
        in tail: [UInt8], before end: Int, tailOffset: Int64
    ) throws(ArchiveError) -> (place: (offset: UInt64, size: UInt64, count: UInt64), start: Int64)? {
        guard end >= 20 else { return nil }
        var locator = LittleEndianReader(tail[(end - 20)..<end])
        guard locator.next(UInt32.self) == ZipRecord.locator64Signature, locator.take(4) != nil,
            let start = locator.next(UInt64.self)
        else { return nil }
        let inTail = Int64(clamping: start).subtractingReportingOverflow(tailOffset).partialValue
        guard inTail >= 0, inTail < Int64(end) else {
            throw ArchiveError(.damaged, "The zip64 end does not lie in front of the zip's end", at: tailOffset)
        }
        var record = LittleEndianReader(tail[Int(inTail)..<end])
        guard record.next(UInt32.self) == ZipRecord.end64Signature, record.take(20) != nil,
            record.next(UInt64.self) != nil, let count = record.next(UInt64.self),
            let size = record.next(UInt64.self), let offset = record.next(UInt64.self)
        else { throw ArchiveError(.damaged, "The zip64 end is broken", at: Int64(clamping: start)) }
        return ((offset, size, count), Int64(clamping: start))
    }
}
