/// Headers of POSIX pax tar (IEEE Std 1003.1, pax Interchange Format) for regular files.
///
/// Owner and group are 0 and nameless, the mode is 0644, times are whole seconds: the same members give the same bytes.
enum TarHeader {
    /// The size of a block, which everything in a tar fills.
    static let blockSize = 512
    /// What ends an archive: two blocks of zeros.
    static let end = [UInt8](repeating: 0, count: 2 * blockSize)
    /// How the key of a member is kept whose name is another. Readers know `comment` and leave it alone; a keyword of
    /// our own would make GNU tar warn of every such member.
    static let keyComment = "s3haul.key="

    /// The largest size and time that 11 octal digits hold.
    private static let largestOctal: Int64 = 0o777_7777_7777

    /// The headers of a member: a pax header where a ustar header cannot hold its name, size or time, or where its key
    /// is not its name.
    static func bytes(for member: ArchiveMember, name: String) -> [UInt8] {
        let place = UstarPlace(name)
        var records: [UInt8] = []
        if place == nil { records += PaxRecord.bytes("path", Array(name.utf8)) }
        if member.size > largestOctal { records += PaxRecord.bytes("size", Array(String(member.size).utf8)) }
        let timeFits = (0...largestOctal).contains(member.modified)
        if !timeFits { records += PaxRecord.bytes("mtime", Array(String(member.modified).utf8)) }
        if !name.utf8.elementsEqual(member.key.utf8) {
            records += PaxRecord.bytes("comment", Array((keyComment + member.key).utf8))
        }
        let time = timeFits ? member.modified : 0
        let size = member.size > largestOctal ? 0 : member.size
        let fallback = place ?? UstarPlace(truncating: name)
        let header = block(fallback, type: "0", size: size, modified: time)
        guard !records.isEmpty else { return header }
        let paxPlace = UstarPlace(truncating: "PaxHeaders/" + name)
        return block(paxPlace, type: "x", size: Int64(records.count), modified: time)
            + records + [UInt8](repeating: 0, count: padding(after: Int64(records.count))) + header
    }

    /// How many zeros fill the last block behind so many bytes.
    static func padding(after size: Int64) -> Int {
        let used = Int(size % Int64(blockSize))
        return used == 0 ? 0 : blockSize - used
    }

    private static func block(_ place: UstarPlace, type: Character, size: Int64, modified: Int64) -> [UInt8] {
        var block: [UInt8] = []
        block.reserveCapacity(blockSize)
        block += field(place.name, 100)
        block += octal(0o644, 8) + octal(0, 8) + octal(0, 8)
        block += octal(size, 12) + octal(modified, 12)
        block += field("        ".utf8, 8)
        block += field(String(type).utf8, 1) + field([], 100)
        block += field("ustar\0".utf8, 6) + field("00".utf8, 2)
        block += field([], 32) + field([], 32) + octal(0, 8) + octal(0, 8)
        block += field(place.prefix, 155) + field([], 12)
        let sum = block.reduce(0) { $0 + Int64($1) }
        block.replaceSubrange(148..<156, with: octal(sum, 7) + [UInt8(ascii: " ")])
        return block
    }

    private static func field(_ bytes: some Collection<UInt8>, _ width: Int) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: width - bytes.count)
    }

    private static func octal(_ number: Int64, _ width: Int) -> [UInt8] {
        let digits = String(number, radix: 8)
        return Array((String(repeating: "0", count: width - 1 - digits.utf8.count) + digits).utf8) + [0]
    }
}

/// A name in the two fields that ustar has for it.
private struct UstarPlace {
    var name: [UInt8]
    var prefix: [UInt8] = []

    /// A name that fits: ASCII, of at most 100 bytes, or of at most 155, a slash, and 100; nil for others.
    init?(_ whole: String) {
        let bytes = Array(whole.utf8)
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        if bytes.count <= 100 {
            name = bytes
            return
        }
        let slashes = bytes.indices.filter { bytes[$0] == UInt8(ascii: "/") }
        guard let cut = slashes.first(where: { $0 > 0 && $0 <= 155 && bytes.count - $0 - 1 <= 100 }) else { return nil }
        name = Array(bytes[(cut + 1)...])
        prefix = Array(bytes[..<cut])
    }

    /// What readers without pax see of a longer name: its start, in ASCII.
    init(truncating whole: String) {
        name = whole.utf8.prefix(100).map { $0 < 0x80 ? $0 : UInt8(ascii: "_") }
    }
}
