/// Reads the entries of a zip's directory from its bytes, in whatever chunks they come, holding one entry at a time.
public struct ZipDirectoryReader: Sendable {
    private let directory: ZipDirectory
    private var buffer: [UInt8] = []
    private var position: Int64
    private var entriesLeft: Int64
    private var bytesOfMembers: Int64 = 0

    private static let fixedSize = 46

    /// Makes a reader of the directory's bytes.
    public init(_ directory: ZipDirectory) {
        self.directory = directory
        position = directory.offset
        entriesLeft = directory.count
    }

    /// The next entry; takes what it uses from the input.
    ///
    /// - Returns: nil when it needs more input, or all were given.
    public mutating func next(_ input: inout ArraySlice<UInt8>) throws(ArchiveError) -> ZipEntry? {
        guard entriesLeft > 0 else {
            input = []
            return nil
        }
        guard fill(&input, upTo: Self.fixedSize) else { return nil }
        let lengths = [28, 30, 32].map { Int(buffer[$0]) | Int(buffer[$0 + 1]) << 8 }
        guard fill(&input, upTo: Self.fixedSize + lengths.reduce(0, +)) else { return nil }
        let entry = try ZipEntryParser(at: position).parse(
            buffer, nameLength: lengths[0], extraLength: lengths[1], limit: directory.offset)
        try checkOverlap(entry)
        position += Int64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
        entriesLeft -= 1
        return entry
    }

    /// Says that the directory is at its end.
    ///
    /// - Throws: ``ArchiveError`` where entries are missing.
    public func finish() throws(ArchiveError) {
        guard entriesLeft == 0 else {
            throw ArchiveError(.truncated, "The zip's directory lacks \(entriesLeft) entries", at: position)
        }
    }

    private mutating func fill(_ input: inout ArraySlice<UInt8>, upTo count: Int) -> Bool {
        let taken = input.prefix(max(count - buffer.count, 0))
        buffer += taken
        input = input.dropFirst(taken.count)
        return buffer.count >= count
    }

    /// Members that together have more bytes than stand in front of the directory share some: so zip bombs are built.
    private mutating func checkOverlap(_ entry: ZipEntry) throws(ArchiveError) {
        let length = Int64(ZipEntry.headerSize + entry.name.utf8.count).addingReportingOverflow(entry.compressedSize)
        let (sum, overflow) = bytesOfMembers.addingReportingOverflow(length.partialValue)
        guard !length.overflow, !overflow, sum <= directory.offset else {
            throw ArchiveError(.damaged, "\(entry.name): members overlap", at: position)
        }
        bytesOfMembers = sum
    }
}

/// Takes one entry of a directory apart.
struct ZipEntryParser {
    private let offset: Int64

    init(at offset: Int64) { self.offset = offset }

    /// The entry in the bytes of its record.
    func parse(_ record: [UInt8], nameLength: Int, extraLength: Int, limit: Int64) throws(ArchiveError) -> ZipEntry {
        var fields = LittleEndianReader(record)
        guard fields.next(UInt32.self) == ZipRecord.directorySignature, let madeBy = fields.next(UInt16.self),
            fields.take(2) != nil, let flags = fields.next(UInt16.self), let method = fields.next(UInt16.self),
            let time = fields.next(UInt16.self), let date = fields.next(UInt16.self),
            let crc32 = fields.next(UInt32.self), let compressed = fields.next(UInt32.self),
            let uncompressed = fields.next(UInt32.self), fields.take(10) != nil,
            let attributes = fields.next(UInt32.self), let start = fields.next(UInt32.self),
            let name = fields.take(nameLength), let extra = fields.take(extraLength)
        else { throw damaged("No entry of a zip's directory") }
        var extras = ZipExtras(numbers: (UInt64(uncompressed), UInt64(compressed), UInt64(start)))
        guard extras.read(extra) else { throw damaged("An entry with broken extra fields") }
        guard let size = Int64(exactly: extras.numbers.size), let packed = Int64(exactly: extras.numbers.compressed),
            let header = Int64(exactly: extras.numbers.offset), header < limit, packed <= limit - header
        else { throw damaged("An entry whose data does not lie in the zip") }
        return ZipEntry(
            name: String(decoding: name, as: UTF8.self), key: extras.key,
            kind: kind(name, isUnix: madeBy >> 8 == 3, mode: UInt16(attributes >> 16)), size: size,
            compressedSize: packed, encoding: encoding(method, flags), crc32: crc32,
            modified: extras.modified ?? DOSTime(date: date, time: time).seconds, headerOffset: header)
    }

    private func encoding(_ method: UInt16, _ flags: UInt16) -> FrameEncoding? {
        guard flags & ZipRecord.isEncryptedFlag == 0 else { return nil }
        switch method {
        case ZipRecord.stored: return FrameEncoding.none
        case ZipRecord.deflated: return .deflate
        default: return nil
        }
    }

    private func kind(_ name: ArraySlice<UInt8>, isUnix: Bool, mode: UInt16) -> ZipEntry.Kind {
        if name.last == UInt8(ascii: "/") { return .directory }
        let type = mode & 0o170000
        guard isUnix, type != 0, type != 0o100000 else { return .file }
        return type == 0o040000 ? .directory : .other(type)
    }

    private func damaged(_ message: String) -> ArchiveError { ArchiveError(.damaged, message, at: offset) }
}

/// What the extra fields of an entry add to it.
private struct ZipExtras {
    var numbers: (size: UInt64, compressed: UInt64, offset: UInt64)
    var key: String?
    var modified: Int64?

    /// Reads the fields; false where they are broken.
    mutating func read(_ extra: ArraySlice<UInt8>) -> Bool {
        var fields = LittleEndianReader(extra)
        // Up to three bytes behind the last field are padding of some tools.
        while fields.rest.count >= 4 {
            guard let identifier = fields.next(UInt16.self), let length = fields.next(UInt16.self),
                let content = fields.take(Int(length))
            else { return false }
            switch identifier {
            case ZipRecord.zip64Extra: guard readZip64(content) else { return false }
            case ZipRecord.keyExtra: key = String(decoding: content, as: UTF8.self)
            case ZipRecord.timeExtra: readTime(content)
            default: break
            }
        }
        return true
    }

    /// The numbers whose 32 bits are all set stand here, in this order.
    private mutating func readZip64(_ content: ArraySlice<UInt8>) -> Bool {
        var fields = LittleEndianReader(content)
        for number in [\ZipExtras.numbers.size, \.numbers.compressed, \.numbers.offset]
        where self[keyPath: number] == UInt64(ZipRecord.mark32) {
            guard let value = fields.next(UInt64.self) else { return false }
            self[keyPath: number] = value
        }
        return true
    }

    private mutating func readTime(_ content: ArraySlice<UInt8>) {
        var fields = LittleEndianReader(content)
        guard let flags = fields.next(UInt8.self), flags & 1 != 0, let seconds = fields.next(UInt32.self) else {
            return
        }
        modified = Int64(Int32(bitPattern: seconds))
    }
}
