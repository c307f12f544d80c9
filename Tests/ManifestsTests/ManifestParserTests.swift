import Manifests
import Testing

@Suite struct ManifestParserTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var rows: [ManifestRow]
        init(_ name: String, _ text: String, _ rows: [ManifestRow]) {
            testDescription = name
            self.text = text
            self.rows = rows
        }
    }

    static let one = ManifestRow(bucket: "photos", key: "a b+c")
    static let id = "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH"

    @Test(arguments: [
        Case("no bytes", "", []),
        Case("line ends only", "\r\n\n", []),
        Case("one row", "photos,a+b%2Bc\n", [one]),
        Case("no final newline", "photos,a+b%2Bc", [one]),
        Case("CRLF and empty lines", "\r\nphotos,a+b%2Bc\r\n\r\nphotos,a%20b%2bc\r\n", [one, one]),
        Case("byte order mark", "\u{FEFF}photos,a+b%2Bc\n", [one]),
        Case("quotes", "\"photos\",\"a+b%2Bc\"\n", [one]),
        Case(
            "doubled quotes and a comma inside", "\"photos\",\"x,\"\"y\"\"\"\n",
            [ManifestRow(bucket: "photos", key: "x,\"y\"")]),
        Case("version", "photos,a+b%2Bc,\(id)\n", [ManifestRow(bucket: "photos", key: "a b+c", versionId: id)]),
        Case("version null", "photos,k,null\n", [ManifestRow(bucket: "photos", key: "k", versionId: "null")]),
        Case(
            "sizes: s3grouper", "photos,a%2Fb,12\nphotos,c,0\n",
            [ManifestRow(bucket: "photos", key: "a/b", size: 12), ManifestRow(bucket: "photos", key: "c", size: 0)]),
        Case(
            "backslash quotes: S3-Version-Utilities",
            "\\dir/a,b.txt\\,\(id)\r\n\\dir/back\\\\slash.txt\\,\(id)\r\ndir/q\"uote.txt,\(id)\r\n",
            ["dir/a,b.txt", "dir/back\\slash.txt", "dir/q\"uote.txt"].map {
                ManifestRow(bucket: "default", key: $0, versionId: id)
            }),
        Case(
            "a key a line, some with commas", "plain 100%\nwith,comma\n",
            [ManifestRow(bucket: "default", key: "plain 100%"), ManifestRow(bucket: "default", key: "with,comma")]),
        Case(
            "JSON Lines", #"{"bucket":"photos","key":"k\n","size":3,"etag":"e"}"# + "\n",
            [
                {
                    var row = ManifestRow(bucket: "photos", key: "k\n", size: 3)
                    row.eTag = "e"
                    return row
                }()
            ]),
    ])
    func detects(_ manifest: Case) throws {
        for size in [1, 7, 1 << 20] {
            #expect(try rows(manifest.text, bucket: "default", chunk: size) == manifest.rows)
        }
    }

    /// What S3Bundler takes by `--fieldnames`.
    @Test func readsColumnsThatAreNamed() throws {
        let format = ManifestFormat(rawValue: "ETag,Key,Owner, Bucket,VersionId,Size")
        let text = "e1,a+b%2Bc,me,photos,\(Self.id),7\n,\"x,y\",,photos,,\n"
        var first = ManifestRow(bucket: "photos", key: "a b+c", versionId: Self.id, size: 7)
        first.eTag = "e1"
        #expect(try rows(text, format: format) == [first, ManifestRow(bucket: "photos", key: "x,y")])
        #expect(format?.rawValue == "ETag,Key,,Bucket,VersionId,Size")
    }

    @Test(arguments: ["", "Key,Size", "Bucket", "bucket,key", "Bucket,Key,IsDeleteMarker", "batches"])
    func columnsWithoutWhichThereIsNoObjectAreNoFormat(_ text: String) {
        #expect(ManifestFormat(rawValue: text) == nil)
    }

    @Test func everyNameIsOfItsFormat() {
        for format in ManifestFormat.allCases { #expect(ManifestFormat(rawValue: format.rawValue) == format) }
    }

    struct Bad: CustomTestStringConvertible {
        var testDescription: String
        var text: String
        var format: ManifestFormat?
        var line: Int?
        var says: String
        init(_ name: String, _ text: String, _ format: ManifestFormat? = nil, line: Int? = nil, says: String) {
            testDescription = name
            self.text = text
            self.format = format
            self.line = line
            self.says = says
        }
    }

    @Test(arguments: [
        Bad(
            "two formats fit", "index.php,\(id)\n",
            says: "batch (S3 Batch Operations CSV: Bucket,Key[,VersionId]), versions"),
        Bad("no format fits", "One,Two,Three,Four\n", says: "--manifest-format"),
        Bad("header", "Bucket,Key\nphotos,k\n", line: 1, says: "remove the line"),
        Bad("not URL-encoded", "photos,k\nphotos,100%\n", .batch, line: 2, says: "%XX"),
        Bad("not UTF-8 behind the encoding", "photos,%FF\n", .batch, line: 1, says: "UTF-8"),
        Bad("one column", "photos,k\n\n\nphotos\n", .batch, line: 4, says: "1 columns"),
        Bad("empty key", "photos,\n", .batch, line: 1, says: "key is empty"),
        Bad("empty bucket", ",k\n", .batch, line: 1, says: "bucket is empty"),
        Bad("open quote", "photos,k\nphotos,\"k\n", .batch, line: 2, says: "never closed"),
        Bad("text behind a quote", "photos,\"k\"x\n", .batch, line: 1, says: "behind a closing quote"),
        Bad("long row", "a\n" + String(repeating: "k", count: 17_000), .keys, line: 2, says: "longer than 16384"),
        Bad("long key", String(repeating: "k", count: 1_025), .keys, line: 1, says: "1025 bytes"),
        Bad("size that is none", "photos,k,many\n", .index, line: 1, says: "size"),
        Bad("negative size", "photos,k,-1\n", .index, line: 1, says: "size"),
        Bad(
            "other columns than named", "photos,k\nphotos,k,1\n", .init(rawValue: "Bucket,Key"), line: 2,
            says: "3 columns where --manifest-format names 2"),
        Bad("no bucket in its column", ",k\n", .init(rawValue: "Bucket,Key"), line: 1, says: "bucket is empty"),
        Bad("no size in its column", "photos,k,x\n", .init(rawValue: "Bucket,Key,Size"), line: 1, says: "size"),
        Bad("broken JSON", "{\"bucket\":\"b\",\n", .jsonLines, line: 1, says: "JSON"),
        Bad("inventory", "{\"sourceBucket\":\"b\",\"fileSchema\":\"Bucket, Key\"}", says: "S3 Inventory"),
    ])
    func refuses(_ manifest: Bad) throws {
        let error = #expect(throws: ManifestError.self) {
            try rows(manifest.text, format: manifest.format, bucket: "default")
        }
        #expect(error?.line == manifest.line)
        #expect(error?.message.contains(manifest.says) == true, "\(error?.description ?? "")")
    }

    @Test func asksForABucket() {
        let error = #expect(throws: ManifestError.self) { try rows("a\nb\n") }
        #expect(
            error?.description == "m, line 1: the manifest names no bucket; give the source bucket too: s3://BUCKET")
    }

    @Test func tellsTheFormatOfALongManifestFromItsBeginning() throws {
        let text = String(repeating: "photos,0123456789\n", count: 10_000)
        #expect(try rows(text, chunk: 4_096).count == 10_000)
    }
}
