import FoundationEssentials
import Manifests
import Testing

@Suite struct InventoryTests {
    private static let columns =
        "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag, StorageClass"

    private func rows(_ text: String, schema: String = "Bucket, Key, Size", chunk: Int = .max) throws -> [RowBytes] {
        var parser = InventoryParser(name: "f", schema: try InventorySchema(schema, name: "m"))
        var row = RowBytes()
        var rows: [RowBytes] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try parser.feed(Array(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
            while try parser.next(into: &row) { rows.append(row) }
        }
        try parser.end()
        while try parser.next(into: &row) { rows.append(row) }
        return rows
    }

    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var keys: [String]
        init(_ name: String, _ text: String, _ keys: [String]) {
            testDescription = name
            self.text = text
            self.keys = keys
        }
    }

    static let cases = [
        Case("no rows", "", []),
        Case("quoted, as S3 writes it", "\"photos\",\"a.txt\",\"6\"\n\"photos\",\"b\",\"0\"\n", ["a.txt", "b"]),
        Case("not quoted", "photos,a.txt,6\n", ["a.txt"]),
        Case("no last line end", "\"photos\",\"a\",\"6\"", ["a"]),
        Case("CRLF and empty lines", "\r\n\"photos\",\"a\",\"6\"\r\nphotos,b,6\r\n\n", ["a", "b"]),
        Case("space as plus", "\"photos\",\"big+obj.bin\",\"6\"\n", ["big obj.bin"]),
        Case("comma, quote, line end", "\"photos\",\"a%2Cb%22c%0A\",\"6\"\n", ["a,b\"c\n"]),
        Case("percent and plus", "\"photos\",\"100%25%2B\",\"6\"\n", ["100%+"]),
        Case("not ASCII", "\"photos\",\"%C3%BC/%E6%97%A5\",\"6\"\n\"photos\",\"日\",\"6\"\n", ["ü/日", "日"]),
        Case("doubled quotes", "\"photos\",\"say+\"\"hi\"\"\",\"6\"\n", ["say \"hi\""]),
    ]

    @Test(arguments: cases, [1, 3, .max])
    func readsKeys(_ wanted: Case, _ chunk: Int) throws {
        #expect(try rows(wanted.text, chunk: chunk).map { String(decoding: $0.key, as: UTF8.self) } == wanted.keys)
    }

    @Test func readsAllVersions() throws {
        let text = """
            "b","k","v2","true","false","5","2026-01-05T10:00:00.000Z","e2","STANDARD"
            "b","k","","false","false","4","2026-01-04T10:00:00.000Z","e1","GLACIER"
            "b","gone","v3","true","true","","2026-01-06T10:00:00.000Z","",""

            """
        let rows = try rows(text, schema: Self.columns)
        #expect(rows.map(\.isLatest) == [true, false, true])
        #expect(rows.map(\.isDeleteMarker) == [false, false, true])
        #expect(rows.map(\.size) == [5, 4, nil])
        #expect(rows.map(\.manifestRow.versionId) == ["v2", "null", "v3"])
        var first = ManifestRow(bucket: "b", key: "k", versionId: "v2", size: 5)
        first.lastModified = "2026-01-05T10:00:00.000Z"
        first.eTag = "e2"
        first.storageClass = "STANDARD"
        #expect(rows[0].manifestRow == first)
    }

    @Test func passesOverUnknownColumns() throws {
        let rows = try rows("\"x\",\"b\",\"k\",\"y\"\n", schema: "Future, Bucket,Key,ObjectOwner")
        #expect(rows.map(\.manifestRow) == [ManifestRow(bucket: "b", key: "k")])
    }

    @Test(arguments: [
        ("too few columns", "\"b\",\"k\"\n", "2 columns"),
        ("no such size", "\"b\",\"k\",\"6x\"\n", "size"),
        ("a size beyond all", "\"b\",\"k\",\"99999999999999999999\"\n", "size"),
        ("not URL-encoded", "\"b\",\"%zz\",\"6\"\n", "URL-encoded"),
        ("not UTF-8", "\"b\",\"%FF\",\"6\"\n", "URL-encoded"),
        ("an empty key", "\"b\",\"\",\"6\"\n", "empty"),
        ("text behind a quote", "\"b\"x,\"k\",\"6\"\n", "behind a closing quote"),
        ("a quote without end", "\"b\",\"k\n" + String(repeating: "x", count: 40_000), "never closed"),
    ])
    func refuses(_ name: String, _ text: String, _ message: String) {
        let error = #expect(throws: ManifestError.self) { try rows("\"b\",\"ok\",\"1\"\n" + text, chunk: 20_000) }
        #expect(error?.message.contains(message) == true)
        #expect(error?.line == 2)
    }

    @Test func refusesBytesThatAreNoText() throws {
        var parser = InventoryParser(name: "f", schema: try InventorySchema("Bucket, Key", name: "m"))
        var row = RowBytes()
        try parser.feed(Array("b,k\nb\u{FC},".utf8) + [0xFF] + Array("\n".utf8))
        #expect(try parser.next(into: &row))
        #expect(throws: ManifestError.self) { try parser.next(into: &row) }
    }

    @Test func readsTheManifest() throws {
        let json = """
            {"sourceBucket": "photos", "destinationBucket": "arn:aws:s3:::lists", "version": "2016-11-30",
             "creationTimestamp": "1514944800000", "fileFormat": "CSV", "fileSchema": "Bucket, Key, Size",
             "files": [{"key": "p/photos/all/data/1.csv.gz", "size": 12, "MD5checksum": "F11166069F1990ABEB9C97ACE9CDFABC"}]}
            """
        let manifest = try InventoryManifest(json: Array(json.utf8), name: "m")
        #expect(manifest.sourceBucket == "photos")
        #expect(manifest.destinationBucket == "lists")
        #expect(manifest.files.map(\.md5) == ["f11166069f1990abeb9c97ace9cdfabc"])
        #expect(ManifestFormat.isInventory(Array(json.utf8)))
        #expect(!ManifestFormat.isInventory(Array("photos,a\n".utf8)))
    }

    @Test(arguments: [
        ("CSV\", \"fileSchema\": \"Key, Size", "no column Bucket"), ("Parquet\", \"fileSchema\": \"message s3", "CSV"),
        ("CSV", "fileSchema is missing"),
    ])
    func refusesOtherManifests(_ format: String, _ message: String) {
        let json = "{\"sourceBucket\":\"a\",\"destinationBucket\":\"b\",\"files\":[],\"fileFormat\":\"\(format)\"}"
        let error = #expect(throws: ManifestError.self) { try InventoryManifest(json: Array(json.utf8), name: "m") }
        #expect(error?.message.contains(message) == true)
    }

    @Test func writesWhatTheOtherWriterWrites() throws {
        for key in ["plain", "a b+c", "q\"uo\\te", "line\n\u{1}end\u{7F}", "日本/é", "x/y"] {
            var row = ManifestRow(bucket: "b", key: key, versionId: "v", size: 1_234_567_890_123)
            row.eTag = "e-1"
            row.storageClass = "STANDARD"
            row.checksumAlgorithm = "CRC32"
            row.checksum = "AAAA/+=="
            var bytes = RowBytes()
            bytes.set(row)
            #expect(bytes.manifestRow == row)
            var line: [UInt8] = []
            bytes.appendJSONLine(to: &line)
            #expect(try JSONDecoder().decode(ManifestRow.self, from: Data(line)) == row)
            #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        }
        var bytes = RowBytes()
        bytes.set(ManifestRow(bucket: "b", key: "k", size: 0))
        var line: [UInt8] = []
        bytes.appendJSONLine(to: &line)
        #expect(line == (try JSONLinesManifestWriter().line(bytes.manifestRow)))
    }
}
