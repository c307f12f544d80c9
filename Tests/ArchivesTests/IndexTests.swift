import FoundationEssentials
import Testing

@testable import Archives

@Suite struct IndexTests {
    static let entries: [IndexEntry] = {
        var plain = IndexEntry(bucket: "b", key: "k", size: 5, archive: "s3://a/x.tar")
        plain.location = MemberLocation(
            frameOffset: 512, frameLength: 5, encoding: .none, dataOffset: 0, dataLength: 5)
        var full = IndexEntry(
            bucket: "photos", key: "tab\t \"quoted\", new\nline \u{0}\u{1F} \\ 日本 👩‍👩‍👧 ,", size: 50 << 40,
            archive: "s3://a/y.tar.gz")
        full.versionId = "v1"
        full.eTag = "d41d8cd98f00b204e9800998ecf8427e-2"
        full.lastModified = "2026-11-21T06:00:00Z"
        full.storageClass = "STANDARD"
        full.contentType = "text/plain; charset=\"utf-8\""
        full.contentEncoding = "gzip"
        full.contentDisposition = "attachment; filename=\"a, b.txt\""
        full.contentLanguage = "de"
        full.cacheControl = "no-cache"
        full.expires = "Sat, 21 Nov 2026 06:00:00 GMT"
        full.metadata = ["color": "red, green", "z": "", "quote": "\"\r\n"]
        full.tags = ["team": "a+b", "proj": "alpha"]
        full.grants = ["full-control": "id=\"o\"", "read": "id=\"a\", uri=\"http://all\""]
        full.md5 = "d41d8cd98f00b204e9800998ecf8427e"
        full.crc32 = .max
        full.member = "tab%09"
        full.location = MemberLocation(
            frameOffset: 1 << 40, frameLength: 1_000_000, encoding: .gzip, dataOffset: 1_536, dataLength: 50 << 40)
        var copied = IndexEntry(bucket: "b", key: "copied", size: 3, archive: "s3://a/big/copied")
        copied.copyETag = "d41d8cd98f00b204e9800998ecf8427e-7"
        copied.copyChecksum = "CRC64NVME:AAAAAAAAAAA="
        copied.tagsError = "AccessDenied"
        return [plain, full, copied]
    }()

    private static func index(_ entries: [IndexEntry], _ format: IndexFormat = .jsonLines) throws -> [UInt8] {
        var writer = IndexWriter(format)
        var bytes: [UInt8] = []
        for entry in entries { bytes += try writer.append(entry) }
        return bytes + (try writer.finish())
    }

    private static func read(_ index: [UInt8], chunk: Int = 1_000) throws -> [IndexEntry] {
        var reader = try IndexReader()
        var entries: [IndexEntry] = []
        for start in stride(from: 0, to: index.count, by: chunk) {
            var input = index[start..<min(start + chunk, index.count)]
            while let entry = try reader.next(&input) { entries.append(entry) }
        }
        try reader.finish()
        return entries
    }

    private static func lines(_ index: [UInt8]) throws -> String {
        var decoder = try FrameDecoder(.gzip)
        var input = index[...]
        return String(decoding: try decoder.decode(&input, atMost: 100_000), as: UTF8.self)
    }

    @Test func entriesComeBack() throws {
        let index = try Self.index(Self.entries)
        #expect(try Self.read(index) == Self.entries)
        #expect(try Self.read(index, chunk: 1) == Self.entries)
        #expect(try Self.read(Self.index([])) == [])
    }

    @Test func linesAreJSONInLowerSnakeCase() throws {
        let lines = try Self.lines(Self.index(Self.entries)).split(separator: "\n")
        #expect(
            lines[0] == """
                {"bucket":"b","key":"k","size":5,"archive":"s3://a/x.tar","data_offset":0,"data_length":5,\
                "frame_offset":512,"frame_length":5,"frame_encoding":"none"}
                """)
        #expect(try lines.map { try JSONDecoder().decode(IndexEntry.self, from: Data($0.utf8)) } == Self.entries)
        let encoded = try Self.entries.map { try JSONEncoder().encode($0) }
        #expect(try encoded.map { try JSONDecoder().decode(IndexEntry.self, from: $0) } == Self.entries)
    }

    @Test(arguments: [
        (#"{"bucket":"b","key":"k","size":5,"archive":"a"}"#, "k"),
        (#" { "key" : "k" , "size" : 5 , "bucket" : "b","archive":"a","md5":null } "#, "k"),
        (#"{"new":[1,{"x":[]},"]"],"also":-1.5e3,"bucket":"b","key":"k","size":5,"archive":"a"}"#, "k"),
        (
            #"{"bucket":"b","key":"\u00e9\ud83d\udce6\/\b\f\r\t\n\"\\","size":5,"archive":"a"}"#,
            "é📦/\u{8}\u{C}\r\t\n\"\\"
        ),
    ])
    func linesOfOtherWritersAreRead(_ line: String, key: String) throws {
        let index = try DeflateCompressor(level: 1).gzip(Array((line + "\n").utf8))
        #expect(try Self.read(index) == [IndexEntry(bucket: "b", key: key, size: 5, archive: "a")])
    }

    @Test func csvQuotesWhatNeedsIt() throws {
        let csv = try Self.lines(Self.index(Self.entries, .csv))
        let names = IndexEntry.CodingKeys.allCases.map(\.rawValue).joined(separator: ",")
        #expect(
            csv.hasPrefix(
                names + "\nb,k,,5,,,,,,,,,,,,,,,,,,,,s3://a/x.tar,,,,0,5,512,5,none\n"
                    + "photos,\"tab\t \"\"quoted\"\", new\n")
        )
        #expect(csv.contains(",\"attachment; filename=\"\"a, b.txt\"\"\","))
        #expect(csv.contains(#","{""color"":""red, green"",""quote"":""\""\u000d\n"",""z"":""""}","#))
        let copy = "s3://a/big/copied,d41d8cd98f00b204e9800998ecf8427e-7,CRC64NVME:AAAAAAAAAAA="
        #expect(csv.hasSuffix("\nb,copied,,3,,,,,,,,,,,,,,,,AccessDenied,,,,\(copy),,,,,,\n"))
    }

    @Test func manyEntriesAreSeveralFrames() throws {
        let entries = (0..<20_000).map {
            IndexEntry(bucket: "b", key: "key/\($0)", size: Int64($0), archive: "s3://a/x")
        }
        let index = try Self.index(entries)
        let frames = index.indices.filter { index[$0...].starts(with: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0]) }
        #expect(frames.count == 2)
        #expect(try Self.read(index, chunk: 64 << 10) == entries)
    }

    @Test(arguments: [
        "{}\n", "[]\n", "\n", "{\"bucket\":\"b\",\"key\":\"k\",\"size\":\"5\",\"archive\":\"\"}\n", "no JSON\n",
        "{\"bucket\":",
        #"{"bucket":"b","key":"\ud83d","size":5,"archive":"a"}"# + "\n",
        #"{"bucket":"b","key":"k","size":99999999999999999999,"archive":"a"}"# + "\n",
        #"{"bucket":"b","key":"k","size":5,"archive":"a"} x"# + "\n",
        #"{"bucket":"b","key":"k","size":5,"crc32":-1,"archive":"a"}"# + "\n",
        "{\"bucket\":\"b\",\"key\":\"k\",\"size\":5,\"archive\":\"a\",\"frame_encoding\":\"lzma\"}\n",
        "{\"bucket\":\"b\",\"key\":\"k\",\"size\":5,\"archive\":\"a\",\"frame_encoding\":\"gzip\"}\n",
        String(repeating: "x", count: 2_000_000),
    ])
    func aBrokenIndexIsAnError(_ lines: String) throws {
        let index = try DeflateCompressor(level: 1).gzip(Array(lines.utf8))
        #expect(throws: ArchiveError.self) { try Self.read(index) }
        #expect(throws: ArchiveError.self) { try Self.read(Array(index.dropLast(9))) }
    }
}

@Suite struct MemberLocationTests {
    @Test(
        arguments: [
            ("all of the archive", 0, 100, 5, 7, true), ("at its end", 100, 0, 0, 0, true),
            ("beyond its end", 1, 100, 0, 0, false), ("before its beginning", -1, 1, 0, 0, false),
            ("of no length", 0, -1, 0, 0, false), ("data before its frame", 0, 1, -1, 1, false),
            ("data of no length", 0, 1, 0, -1, false), ("a frame behind all numbers", .max, .max, 0, 0, false),
            ("data behind all numbers", 0, 1, .max, 1, false), ("the largest data", 0, 1, .max, 0, true),
        ] as [(String, Int64, Int64, Int64, Int64, Bool)])
    func liesWithinAnArchiveOf100Bytes(
        _ label: String, _ frame: Int64, _ frameLength: Int64, _ data: Int64, _ dataLength: Int64, _ isWithin: Bool
    ) {
        let location = MemberLocation(
            frameOffset: frame, frameLength: frameLength, encoding: .gzip, dataOffset: data, dataLength: dataLength)
        #expect(location.isWithin(100) == isWithin)
    }
}
