import Manifests
import TestSupport
import Testing

@Suite struct RoundTripTests {
    /// Keys that have broken a tool somewhere, and generated ones from the characters that matter.
    static let hostileKeys: [String] = {
        let known = [
            "a+b", "100%", "%41", "a,b", "\"", "\"\"", "\\", "\\,\\", " ", " lead", "trail ", "/lead", "a//b", "dir/",
            "line\nbreak", "cr\r", "tab\t", "null", "\u{FEFF}mark", "naïve", "日本語", "👩‍👩‍👧", "e\u{301}", "\u{1}", "..",
            "../x",
            "{\"bucket\":\"b\",\"key\":\"k\"}", "Bucket", String(repeating: "é", count: 512),
            String(repeating: "%", count: 1_024),
        ]
        var generator = SeededGenerator(seed: 0x6B65_7973)
        let alphabet = Array("+ %,\"\\/ \n\r\té本😀aZ09~*'()&=?#;:@$!<>[]{}|^`-_.")
        return known
            + (0..<200).map { _ in
                String((0..<Int.random(in: 1...40, using: &generator)).map { _ in alphabet.randomElement() ?? "x" })
            }
    }()

    static let rows = hostileKeys.enumerated().map { index, key in
        ManifestRow(bucket: "photos", key: key, versionId: "v\(index)", size: Int64(index))
    }

    @Test func batchManifestsKeepEveryKey() throws {
        var writer = BatchManifestWriter(name: "m")
        var bytes: [UInt8] = []
        for row in Self.rows { bytes += try writer.line(row) }
        let read = try Parsed(bytes, .batch)
        #expect(read.rows.map { Array($0.key.utf8) } == Self.hostileKeys.map { Array($0.utf8) })
        #expect(read.rows.map(\.versionId) == Self.rows.map(\.versionId))
    }

    @Test func jsonLinesKeepEverything() throws {
        var bytes: [UInt8] = []
        for row in Self.rows { bytes += try JSONLinesManifestWriter().line(row) }
        #expect(try Parsed(bytes, .jsonLines).rows == Self.rows)
    }

    @Test func eventsKeepEveryKey() {
        for key in Self.hostileKeys {
            let encoded = KeyEncoding.encodeForEvent(key)
            #expect(KeyEncoding.decode(encoded.utf8).map { Array($0.utf8) } == Array(key.utf8))
            #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        }
    }

    @Test(arguments: [
        ("a b+c/d.txt", "a+b%2Bc/d.txt"), ("ü,\"\\%", "%C3%BC%2C%22%5C%25"), ("-_.*~", "-_.*%7E"),
    ])
    func eventsEncodeAsFormsDo(_ key: String, _ encoded: String) {
        #expect(KeyEncoding.encodeForEvent(key) == encoded)
    }

    @Test func refusesToMixRowsWithAndWithoutAVersion() throws {
        var writer = BatchManifestWriter(name: "m")
        _ = try writer.line(ManifestRow(bucket: "photos", key: "a"))
        #expect(throws: ManifestError.self) {
            try writer.line(ManifestRow(bucket: "photos", key: "b", versionId: "v"))
        }
    }

    private struct Parsed {
        var rows: [ManifestRow]
        init(_ bytes: [UInt8], _ format: ManifestFormat) throws {
            rows = try ManifestsTests.rows(bytes, format: format, chunk: 13)
        }
    }
}
