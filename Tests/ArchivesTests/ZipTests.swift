import TestSupport
import Testing

@testable import Archives

@Suite struct ZipRecordTests {
    /// Times in UTC and their fields; what zip cannot say becomes the nearest that it can.
    static let times: [(seconds: Int64, date: UInt16, time: UInt16, back: Int64)] = [
        (1_700_000_000, 0x576E, 0xB1AA, 1_700_000_000),
        (315_532_800, 0x0021, 0, 315_532_800), (0, 0x0021, 0, 315_532_800), (-5, 0x0021, 0, 315_532_800),
        (951_782_399, 0x285C, 0xBF7D, 951_782_398), (951_868_799, 0x285D, 0xBF7D, 951_868_798),
        (4_354_819_198, 0xFF9F, 0xBF7D, 4_354_819_198), (.max, 0xFF9F, 0xBF7D, 4_354_819_198),
    ]

    @Test(arguments: times)
    func saysTimesAsDOSDid(_ row: (seconds: Int64, date: UInt16, time: UInt16, back: Int64)) {
        let (seconds, date, time, back) = row
        #expect(DOSTime(seconds: seconds) == DOSTime(date: date, time: time))
        #expect(DOSTime(date: date, time: time).seconds == back)
    }

    @Test func anyDateIsSurvived() {
        for value in stride(from: 0, through: 65_535, by: 7) {
            _ = DOSTime(date: UInt16(value), time: UInt16(65_535 - value)).seconds
        }
    }

    /// Sizes at and around what 32 bits hold.
    static let sizes: [(size: UInt64, offset: UInt64)] = [
        (0, 0), (0xFFFF_FFFE, 0), (0xFFFF_FFFF, 0), (0x1_0000_0000, 0), (5, 0xFFFF_FFFE),
        (5, 0xFFFF_FFFF),
        (50 << 40, 50 << 40),
    ]

    @Test(arguments: sizes)
    func entriesKeepSizesAndOffsets(_ row: (size: UInt64, offset: UInt64)) throws {
        let (size, offset) = row
        for hasDescriptor in [false, true] {
            let entry = MemberEntry(
                member: ArchiveMember(key: "../k", size: Int64(size), modified: 1_700_000_000), name: "%2E%2E/k",
                crc32: 7)
            let sizes = ZipRecord.Sizes(crc32: 7, compressed: size, uncompressed: size)
            let record = ZipRecord.directoryEntry(entry, sizes, offset: offset, hasDescriptor: hasDescriptor)
            let directory = ZipDirectory(offset: 1 << 60, size: Int64(record.count), count: 1)
            var reader = ZipDirectoryReader(directory)
            var input = record[...]
            let read = try #require(try reader.next(&input))
            #expect(read.size == Int64(size))
            #expect(read.compressedSize == Int64(size))
            #expect(read.headerOffset == Int64(offset))
            #expect(read.key == "../k")
            #expect(read.name == "%2E%2E/k")
            #expect(read.modified == 1_700_000_000)
            #expect(read.crc32 == 7)
            try reader.finish()
        }
    }

    static let ends: [(members: UInt64, offset: UInt64, size: UInt64, length: Int)] = [
        (0, 0, 0, 22), (1, 100, 50, 22), (0xFFFE, 0xFFFF_FFFE, 4_000_000, 22),
        (0xFFFF, 100, 4_000_000, 98), (70_000, 100, 4_000_000, 98), (1, 0xFFFF_FFFF, 50, 98), (1, 50 << 40, 50, 98),
        (90_000_000, 9, 0xFFFF_FFFF, 98),
    ]

    @Test(arguments: ends)
    func theEndFindsTheDirectory(_ row: (members: UInt64, offset: UInt64, size: UInt64, length: Int)) throws {
        let (members, offset, size, length) = row
        let end = ZipRecord.end(members: members, directoryOffset: offset, directorySize: size)
        #expect(end.count == length)
        let found = try ZipDirectory(tail: end, archiveSize: Int64(offset + size) + Int64(end.count))
        #expect(found == ZipDirectory(offset: Int64(offset), size: Int64(size), count: Int64(members)))
    }

    @Test func aCommentIsNoObstacle() throws {
        var end = ZipRecord.end(members: 1, directoryOffset: 100, directorySize: 50)
        end[20] = 30
        end += Array("PK\u{5}\u{6} and what looks like an end".utf8).prefix(30)
        #expect(try ZipDirectory(tail: end, archiveSize: 150 + Int64(end.count)).offset == 100)
    }
}

@Suite struct HostileZipTests {
    /// Ends of zips that are none.
    @Test(arguments: [
        [], [UInt8](repeating: 0, count: 21), [UInt8](repeating: 0, count: 100),
        ZipRecord.end(members: 1, directoryOffset: 1_000, directorySize: 50),
        ZipRecord.end(members: 1, directoryOffset: 0, directorySize: 1_000),
        ZipRecord.end(members: 9, directoryOffset: 0, directorySize: 0),
        ZipRecord.end(members: 1, directoryOffset: 0xFFFF_FFFF, directorySize: 50),
        ZipRecord.end(members: .max, directoryOffset: 10, directorySize: 50),
        ZipRecord.end(members: 1, directoryOffset: .max - 50, directorySize: 50),
    ])
    func anEndThatPointsNowhereIsAnError(_ end: [UInt8]) {
        #expect(throws: ArchiveError.self) { try ZipDirectory(tail: end, archiveSize: Int64(end.count)) }
    }

    /// Two entries for the same data: how a zip of 42 KB becomes petabytes.
    @Test func overlappingMembersAreAnError() async throws {
        let archive = try await Archive([Sample(key: "a", bytes: text(100_000))], .zip)
        let directory = try ZipDirectory(tail: archive.bytes, archiveSize: Int64(archive.bytes.count))
        let entry = archive.bytes[Int(directory.offset)...].prefix(Int(directory.size))
        let twice = archive.bytes[..<Int(directory.offset)] + entry + entry
        let end = ZipRecord.end(
            members: 2, directoryOffset: UInt64(directory.offset), directorySize: UInt64(2 * directory.size))
        let error = #expect(throws: ArchiveError.self) { try readAll(twice + end) }
        #expect(error?.message.contains("overlap") == true)
    }

    @Test func whatIsNotReadIsSaid() async throws {
        let archive = try await Archive([Sample(key: "a", bytes: text(1_000))], .zip)
        let directory = try ZipDirectory(tail: archive.bytes, archiveSize: Int64(archive.bytes.count))
        for (offset, value) in [(8, UInt8(1)), (10, 12)] {
            var changed = archive.bytes
            changed[Int(directory.offset) + offset] = value
            let error = #expect(throws: ArchiveError.self) { try readAll(changed) }
            #expect(error?.code == .unsupported)
        }
    }

    @Test func aNameTooLongForAZipIsAnError() async {
        await #expect(throws: ArchiveError.self) {
            try await Archive([Sample(key: String(repeating: "x", count: 70_000), bytes: [])], .zip)
        }
    }
}

@Suite struct DeflateJointTests {
    /// Streams of every kind of last block and last bit, joined to one.
    @Test func joinedPiecesAreOneStream() throws {
        var noise = SeededGenerator(seed: 17)
        var whole: [UInt8] = []
        var joined: [UInt8] = []
        for number in 0..<600 {
            let count = Int.random(in: 0..<3_000, using: &noise)
            let piece = number % 3 == 0 ? noise.bytes(count) : text(count, "\(number) words, ")
            whole += piece
            joined += try DeflateJoint.opened(DeflateCompressor(level: [0, 1, 6, 9][number % 4]).deflate(piece))
        }
        joined += try DeflateCompressor(level: 6).deflate([])
        let location = MemberLocation(
            frameOffset: 0, frameLength: Int64(joined.count), encoding: .deflate, dataOffset: 0,
            dataLength: Int64(whole.count))
        #expect(try readAlone(joined, location, crc32: nil) == whole)
    }

    @Test(arguments: [[], [0xFF], [3, 0, 9], [0]])
    func whatIsNoStreamIsAnError(_ bytes: [UInt8]) {
        #expect(throws: ArchiveError.self) { try DeflateJoint.opened(bytes) }
    }
}
