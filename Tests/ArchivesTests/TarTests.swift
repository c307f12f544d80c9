import Testing

@testable import Archives

@Suite struct TarHeaderTests {
    /// Sizes and times, and the records of a pax header that they need.
    static let sizesAndTimes: [(size: Int64, modified: Int64, records: [String])] = [
        (0, 0, []), ((8 << 30) - 1, 1_700_000_000, []), (8 << 30, 0, ["size"]), (50 << 40, 0, ["size"]),
        (0, -1, ["mtime"]), (0, 8 << 30, ["mtime"]),
    ]

    @Test(arguments: sizesAndTimes)
    func usesPaxWhereUstarEnds(_ row: (size: Int64, modified: Int64, records: [String])) throws {
        let (size, modified, records) = row
        let member = ArchiveMember(key: "k", size: size, modified: modified)
        let header = TarHeader.bytes(for: member, name: "k")
        #expect(header.count == (records.isEmpty ? 512 : 1_536))
        var reader = TarReader()
        var input = header[...]
        guard case .member(let read) = try reader.next(&input) else {
            Issue.record("no member")
            return
        }
        #expect(read.size == size)
        #expect(read.modified == modified)
        #expect(read.dataOffset == Int64(header.count))
        if !records.isEmpty {
            let parsed = try #require(PaxRecord.parse(Array(header[512...].prefix { $0 != 0 })))
            #expect(parsed.keys.sorted() == records)
        }
    }

    @Test(arguments: [
        ("path", 1, "9 path=x\n"), ("path", 90, "99 path="), ("path", 91, "101 path="), ("p", 994, "1002 p="),
    ])
    func aRecordCountsItsOwnLength(_ keyword: String, _ length: Int, _ start: String) throws {
        let value = [UInt8](repeating: UInt8(ascii: "x"), count: length)
        let record = PaxRecord.bytes(keyword, value)
        #expect(record.starts(with: start.utf8))
        #expect(PaxRecord.parse(record) == [keyword: value])
    }

    @Test(arguments: [
        "5 a=b", "4 a\n", "x a=b\n", " 6 a=b\n", "99999999999999999999 a=b\n", "0 a=b\n", "3 =\n", "-6 a=b\n", "6 a=b",
        "7 a=b\n", "6 a:b\n",
    ])
    func aBrokenRecordIsNone(_ record: String) {
        #expect(PaxRecord.parse(Array(record.utf8)) == nil)
    }

    static let octalFields: [(field: String, number: Int64?)] = [
        ("00000000017\0", 15), ("         17 ", 15), ("17\0garbage!!", 15), ("", 0), ("77777777777\0", (8 << 30) - 1),
        ("8\0", nil), ("-1\0", nil), ("777777777777", (64 << 30) - 1),
    ]

    @Test(arguments: octalFields)
    func readsOctalNumbers(_ row: (field: String, number: Int64?)) {
        let padding = [UInt8](repeating: 0, count: 12 - row.field.utf8.count)
        #expect(TarField.number((Array(row.field.utf8) + padding)[...]) == row.number)
    }

    /// The first and last bytes of fields of 12, what is between them, and their numbers.
    static let base256Fields: [(start: [UInt8], rest: UInt8, number: Int64?)] = [
        ([0x80, 0, 0, 0, 0, 0, 0, 2], 0, 8 << 30), ([0xFF], 0xFF, -1), ([0x80], 0xFF, nil), ([0xC0], 0, nil),
        ([0x80, 0, 0, 0, 0x80], 0, nil), ([0x80, 0, 0, 0, 0x7F], 0xFF, .max), ([0x81], 0, nil),
    ]

    @Test(arguments: base256Fields)
    func readsBase256(_ row: (start: [UInt8], rest: UInt8, number: Int64?)) {
        let field = row.start + [UInt8](repeating: row.rest, count: 12 - row.start.count)
        #expect(TarField.number(field[...]) == row.number)
    }

    static let decimals: [(text: String, number: Int64?)] = [
        ("1.5", 1), ("-1.5", -2), ("-1.0", -1), ("7", 7), ("x", nil), ("", nil), ("1e3", nil), ("-0.5", -1),
    ]

    @Test(arguments: decimals)
    func readsDecimalNumbers(_ row: (text: String, number: Int64?)) {
        #expect(TarField.decimal(Array(row.text.utf8)) == row.number)
    }
}

/// Headers as other programs write them.
@Suite struct TarReaderTests {
    private static func block(
        _ name: String, type: Character = "0", size: String = "00000000000", link: String = "",
        magic: String = "ustar\0" + "00",
        breakingChecksum: Bool = false
    ) -> [UInt8] {
        func field(_ text: String, _ width: Int) -> [UInt8] {
            Array((Array(text.utf8) + [UInt8](repeating: 0, count: width)).prefix(width))
        }
        var block = field(name, 100) + field("0000644", 8) + field("0", 8) + field("0", 8) + field(size, 12)
        block += field("0", 12) + field("        ", 8) + field(String(type), 1) + field(link, 100) + field(magic, 8)
        block += [UInt8](repeating: 0, count: 512 - block.count)
        let sum = block.reduce(0) { $0 + Int($1) } + (breakingChecksum ? 1 : 0)
        block.replaceSubrange(148..<156, with: field(String(sum, radix: 8), 7) + [0x20])
        return block
    }

    private static func padded(_ text: String) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0, count: (512 - text.utf8.count % 512) % 512)
    }

    private static func members(_ tar: [UInt8]) throws(ArchiveError) -> [TarMember] {
        var reader = TarReader()
        var input = tar[...]
        var members: [TarMember] = []
        while let event = try reader.next(&input) {
            if case .member(let member) = event { members.append(member) }
        }
        try reader.finish()
        return members
    }

    private static let end = [UInt8](repeating: 0, count: 1_024)

    @Test func readsGNUsLongNames() throws {
        let name = String(repeating: "n", count: 300)
        let tar =
            Self.block("././@LongLink", type: "L", size: "455", magic: "ustar  \0") + Self.padded(name + "\0")
            + Self.block("././@LongLink", type: "K", size: "3", magic: "ustar  \0") + Self.padded("to\0")
            + Self.block("nnn", type: "2", magic: "ustar  \0") + Self.block("next", size: "1") + Self.padded("x")
        let members = try Self.members(tar + Self.end)
        #expect(members.map(\.name) == [name, "next"])
        #expect(members.map(\.kind) == [.symbolicLink("to"), .file])
    }

    @Test func readsFoldersLinksAndDevices() throws {
        let tar =
            Self.block("d/", type: "5", size: "77") + Self.block("h", type: "1", size: "77", link: "d/f")
            + Self.block("c", type: "3") + Self.block("old/", type: "\0", magic: "") + Self.block("f", type: "7")
        let kinds = try Self.members(tar + Self.end).map(\.kind)
        #expect(kinds == [.directory, .hardLink("d/f"), .other(UInt8(ascii: "3")), .directory, .file])
    }

    @Test func skipsGNUsSparseMaps() throws {
        var sparse = Self.block("sparse", type: "S", size: "3", magic: "ustar  \0")
        sparse[482] = 1
        let sum = sparse[..<148].reduce(0) { $0 + Int($1) } + 256 + sparse[156...].reduce(0) { $0 + Int($1) }
        sparse.replaceSubrange(148..<156, with: Array((String(sum, radix: 8) + "\0       ").utf8).prefix(8))
        var map = [UInt8](repeating: 1, count: 512)
        map[504] = 1
        let last = [UInt8](repeating: 0, count: 512)
        let tar = sparse + map + last + Self.padded("abc") + Self.block("next")
        #expect(try Self.members(tar + Self.end).map(\.name) == ["sparse", "next"])
    }

    @Test func goesOnAtAnyMember() throws {
        let tar = Self.block("first", size: "3") + Self.padded("abc") + Self.block("second") + Self.end
        let next = try #require(try Self.members(tar).first?.nextOffset)
        var reader = TarReader(at: next)
        var input = tar[Int(next)...]
        guard case .member(let second) = try reader.next(&input) else {
            Issue.record("no member")
            return
        }
        #expect(second.name == "second")
        #expect(second.dataOffset == 1_536)
    }

    /// Tars that are none, and why.
    static let broken: [(String, [UInt8], ArchiveError.Code)] = [
        ("checksum", block("a", breakingChecksum: true) + end, .damaged),
        ("size is no number", block("a", size: "9x") + end, .damaged),
        ("negative size", block("a", size: "\u{FF}") + end, .damaged),
        ("pax header of 8 GiB", block("a", type: "x", size: "77777777777") + end, .tooLarge),
        ("pax size overflows", pax("size=99999999999999999999") + block("a") + end, .damaged),
        ("pax size is negative", pax("size=-1") + block("a") + end, .damaged),
        ("pax size to the end of numbers", pax("size=9223372036854775807") + block("a") + end, .damaged),
        ("pax time is no number", pax("mtime=soon") + block("a") + end, .damaged),
        ("pax header without a member", pax("path=b") + end, .damaged),
        ("a lone block of zeros", [UInt8](repeating: 0, count: 512) + block("a") + end, .damaged),
        ("no end", block("a"), .truncated),
        ("nothing", [], .truncated),
        ("data cut off", block("a", size: "17"), .truncated),
    ]

    private static func pax(_ record: String) -> [UInt8] {
        let parts = record.split(separator: "=", maxSplits: 1).map(String.init)
        let bytes = PaxRecord.bytes(parts[0], Array(parts[1].utf8))
        return block("x", type: "x", size: String(bytes.count, radix: 8))
            + bytes + [UInt8](repeating: 0, count: 512 - bytes.count)
    }

    @Test(arguments: broken)
    func saysWhatIsBroken(_ row: (label: String, tar: [UInt8], code: ArchiveError.Code)) {
        let error = #expect(throws: ArchiveError.self) { try Self.members(row.tar) }
        #expect(error?.code == row.code, "\(row.label)")
    }
}
