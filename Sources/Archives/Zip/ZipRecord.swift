/// The records of a zip: PKWARE's APPNOTE.TXT 6.3.10, with Info-ZIP's extra field for the time.
enum ZipRecord {
    /// What marks a 32-bit size or offset as one that stands in the zip64 extra field.
    static let mark32: UInt32 = 0xFFFF_FFFF
    static let localSignature: UInt32 = 0x0403_4B50
    static let descriptorSignature: UInt32 = 0x0807_4B50
    static let directorySignature: UInt32 = 0x0201_4B50
    static let end64Signature: UInt32 = 0x0606_4B50
    static let locator64Signature: UInt32 = 0x0706_4B50
    static let endSignature: UInt32 = 0x0605_4B50

    static let zip64Extra: UInt16 = 0x0001
    /// Info-ZIP's extended timestamp, "UT".
    static let timeExtra: UInt16 = 0x5455
    /// Ours, "s3": the key, where the name is another.
    static let keyExtra: UInt16 = 0x3373

    static let isEncryptedFlag: UInt16 = 1
    static let hasDescriptorFlag: UInt16 = 1 << 3
    static let isUTF8Flag: UInt16 = 1 << 11
    static let stored: UInt16 = 0
    static let deflated: UInt16 = 8

    /// The sizes and checksum of a member.
    struct Sizes: Sendable, Equatable {
        var crc32: UInt32 = 0
        var compressed: UInt64 = 0
        var uncompressed: UInt64 = 0
    }

    /// The header in front of a member whose sizes are known, neither beyond 32 bits.
    static func localHeader(_ entry: MemberEntry, _ sizes: Sizes) -> [UInt8] {
        localHeader(entry, flags: isUTF8Flag, sizes, zip64: [], isZip64: false)
    }

    /// The header in front of a member whose checksum and compressed size follow in a descriptor.
    static func localHeaderBeforeDescriptor(_ entry: MemberEntry) -> [UInt8] {
        let size = UInt64(entry.member.size)
        var sizes = Sizes()
        if !entry.isDeflated { (sizes.compressed, sizes.uncompressed) = (size, size) }
        var zip64: [UInt8] = []
        if isZip64(entry) {
            zip64.append(littleEndian: sizes.uncompressed)
            zip64.append(littleEndian: sizes.compressed)
        }
        return localHeader(
            entry, flags: isUTF8Flag | hasDescriptorFlag, sizes, zip64: zip64, isZip64: isZip64(entry))
    }

    /// What follows a member of unknown sizes.
    static func descriptor(_ entry: MemberEntry, _ sizes: Sizes) -> [UInt8] {
        var record: [UInt8] = []
        record.append(littleEndian: descriptorSignature)
        record.append(littleEndian: sizes.crc32)
        if isZip64(entry) {
            record.append(littleEndian: sizes.compressed)
            record.append(littleEndian: sizes.uncompressed)
        } else {
            record.append(littleEndian: UInt32(truncatingIfNeeded: sizes.compressed))
            record.append(littleEndian: UInt32(truncatingIfNeeded: sizes.uncompressed))
        }
        return record
    }

    /// Whether a member's compressed size could be beyond 32 bits; deflate adds less than a 256th.
    static func isZip64(_ entry: MemberEntry) -> Bool {
        entry.member.size + entry.member.size / 256 + 64 >= Int64(mark32)
    }

    /// A member's entry in the directory.
    static func directoryEntry(_ entry: MemberEntry, _ sizes: Sizes, offset: UInt64, hasDescriptor: Bool) -> [UInt8] {
        let zip64 = [sizes.uncompressed, sizes.compressed, offset].filter { $0 >= UInt64(mark32) }
        var zip64Field: [UInt8] = []
        for number in zip64 { zip64Field.append(littleEndian: number) }
        let isKeyKept = !entry.name.utf8.elementsEqual(entry.member.key.utf8)
        let extra =
            field(zip64Extra, zip64Field) + time(entry.member.modified)
            + (isKeyKept ? field(keyExtra, Array(entry.member.key.utf8)) : [])
        var record: [UInt8] = []
        record.append(littleEndian: directorySignature)
        record.append(littleEndian: madeBy)
        appendCommon(
            to: &record, entry, flags: isUTF8Flag | (hasDescriptor ? hasDescriptorFlag : 0), sizes,
            isZip64: !zip64.isEmpty || (hasDescriptor && isZip64(entry)))
        record.append(littleEndian: UInt16(truncatingIfNeeded: entry.name.utf8.count))
        record.append(littleEndian: UInt16(truncatingIfNeeded: extra.count))
        record += [UInt8](repeating: 0, count: 6)
        record.append(littleEndian: regularFile)
        record.append(littleEndian: UInt32(clamping: offset))
        return record + Array(entry.name.utf8) + extra
    }

    /// The end of a zip, with the records of zip64 where its numbers need them.
    static func end(members: UInt64, directoryOffset: UInt64, directorySize: UInt64) -> [UInt8] {
        var record: [UInt8] = []
        if members >= 0xFFFF || directoryOffset >= UInt64(mark32) || directorySize >= UInt64(mark32) {
            record.append(littleEndian: end64Signature)
            record.append(littleEndian: UInt64(44))
            record.append(littleEndian: madeBy)
            record.append(littleEndian: zip64Version)
            record.append(littleEndian: UInt64(0))
            for number in [members, members, directorySize, directoryOffset] { record.append(littleEndian: number) }
            record.append(littleEndian: locator64Signature)
            record.append(littleEndian: UInt32(0))
            record.append(littleEndian: directoryOffset + directorySize)
            record.append(littleEndian: UInt32(1))
        }
        record.append(littleEndian: endSignature)
        record.append(littleEndian: UInt32(0))
        record.append(littleEndian: UInt16(clamping: members))
        record.append(littleEndian: UInt16(clamping: members))
        record.append(littleEndian: UInt32(clamping: directorySize))
        record.append(littleEndian: UInt32(clamping: directoryOffset))
        record.append(littleEndian: UInt16(0))
        return record
    }

    private static let zip64Version: UInt16 = 45
    private static let plainVersion: UInt16 = 20
    /// Unix, and the version of the format.
    private static let madeBy: UInt16 = 3 << 8 | zip64Version
    /// A regular file with mode 0644, as Unix says it, in the upper half.
    private static let regularFile: UInt32 = 0o100644 << 16

    private static func localHeader(
        _ entry: MemberEntry, flags: UInt16, _ sizes: Sizes, zip64: [UInt8], isZip64: Bool
    ) -> [UInt8] {
        let extra = field(zip64Extra, zip64) + time(entry.member.modified)
        var shown = sizes
        if isZip64 { (shown.compressed, shown.uncompressed) = (UInt64(mark32), UInt64(mark32)) }
        var record: [UInt8] = []
        record.append(littleEndian: localSignature)
        appendCommon(to: &record, entry, flags: flags, shown, isZip64: isZip64)
        record.append(littleEndian: UInt16(truncatingIfNeeded: entry.name.utf8.count))
        record.append(littleEndian: UInt16(truncatingIfNeeded: extra.count))
        return record + Array(entry.name.utf8) + extra
    }

    private static func appendCommon(
        to record: inout [UInt8], _ entry: MemberEntry, flags: UInt16, _ sizes: Sizes, isZip64: Bool
    ) {
        let modified = DOSTime(seconds: entry.member.modified)
        record.append(littleEndian: isZip64 ? zip64Version : plainVersion)
        record.append(littleEndian: flags)
        record.append(littleEndian: entry.isDeflated ? deflated : stored)
        record.append(littleEndian: modified.time)
        record.append(littleEndian: modified.date)
        record.append(littleEndian: sizes.crc32)
        record.append(littleEndian: UInt32(clamping: sizes.compressed))
        record.append(littleEndian: UInt32(clamping: sizes.uncompressed))
    }

    private static func time(_ modified: Int64) -> [UInt8] {
        guard let seconds = Int32(exactly: modified) else { return [] }
        var content: [UInt8] = [1]
        content.append(littleEndian: seconds)
        return field(timeExtra, content)
    }

    private static func field(_ identifier: UInt16, _ content: [UInt8]) -> [UInt8] {
        guard !content.isEmpty else { return [] }
        var field: [UInt8] = []
        field.append(littleEndian: identifier)
        field.append(littleEndian: UInt16(truncatingIfNeeded: content.count))
        return field + content
    }
}
