import Jobs
import Manifests
import S3
import Testing

@Suite struct QueueMessageTests {
    static let keys = [
        "manifests/a.index", "a b/ü+日本/%41\n\"\\", "\u{FFFE}\u{FFFF}\u{1}\u{7F}", "😀", "/", "e\u{301}", "\u{E9}",
    ]

    static func row(_ key: String) -> ManifestRow {
        var row = ManifestRow(bucket: "from", key: key, versionId: "3HL4", size: 1 << 40)
        row.eTag = "d41d8cd98f00b204e9800998ecf8427e-2"
        row.lastModified = "2026-11-21T08:00:00.000Z"
        row.storageClass = "STANDARD_IA"
        return row
    }

    static let settings = ["S3HAUL_STORAGE_CLASS": "GLACIER", "S3HAUL_TAGS": "a=ü&b="]

    @Test(arguments: keys)
    func aMessageIsReadAsItWasWritten(_ key: String) throws {
        let manifest = ObjectReference(bucket: "jobs", key: key, versionId: "v1")
        for message in [
            QueueMessage.bundle(manifest: manifest, settings: Self.settings),
            .bundle(manifest: ObjectReference(bucket: "jobs", key: key), settings: [:]),
            .object(Self.row(key), run: "run-1", settings: Self.settings),
            .object(ManifestRow(bucket: "from", key: key), run: "r", settings: [:]),
        ] {
            let read = try #require(try QueueMessage.read(message.body).first)
            #expect(read == message)
            // `==` takes canonically equivalent keys for the same; their bytes must be the same too.
            #expect(Array(read.body.utf8) == Array(message.body.utf8))
        }
    }

    /// What SQS takes: API Reference, SendMessage, MessageBody.
    @Test(arguments: keys)
    func everyCharacterIsOneThatSQSTakes(_ key: String) {
        for scalar in QueueMessage.object(Self.row(key), run: "r", settings: [:]).body.unicodeScalars {
            switch scalar.value {
            case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: break
            default: Issue.record("U+\(String(scalar.value, radix: 16))")
            }
        }
    }

    @Test func theFormIsWhatTheDocumentsSay() {
        let manifest = ObjectReference(bucket: "jobs", key: "m/1.csv")
        #expect(
            QueueMessage.bundle(manifest: manifest, settings: [:]).body
                == #"{"bucket":"jobs","key":"m/1.csv","kind":"bundle","schema":1}"#)
        #expect(
            QueueMessage.object(Self.row("k"), run: "r1", settings: ["S3HAUL_PREFIX": "p/"]).body
                == #"{"bucket":"from","etag":"d41d8cd98f00b204e9800998ecf8427e-2","key":"k","kind":"object","#
                + #""last_modified":"2026-11-21T08:00:00.000Z","run":"r1","schema":1,"#
                + #""settings":{"S3HAUL_PREFIX":"p/"},"size":1099511627776,"storage_class":"STANDARD_IA","#
                + #""version_id":"3HL4"}"#)
    }

    static func event(_ name: String, _ key: String, version: String? = nil) -> String {
        let version = version.map { #","versionId":"\#($0)""# } ?? ""
        return #"{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventName":"\#(name)","#
            + #""s3":{"s3SchemaVersion":"1.0","bucket":{"name":"jobs","arn":"arn:aws:s3:::jobs"},"#
            + #""object":{"key":"\#(key)","size":1024,"sequencer":"0A1B2C"\#(version)}}}"#
    }

    /// Every kind: a manifest over 8 MiB arrives by CompleteMultipartUpload, which S3Bundler never saw.
    @Test(arguments: [
        "ObjectCreated:Put", "ObjectCreated:Post", "ObjectCreated:Copy", "ObjectCreated:CompleteMultipartUpload",
        "s3:ObjectCreated:Put",
    ])
    func whatIsCreatedByAnyOperationIsAManifest(_ name: String) throws {
        let body = #"{"Records":[\#(Self.event(name, "red+flower%2B%C3%BC.csv", version: "v7"))]}"#
        let manifest = ObjectReference(bucket: "jobs", key: "red flower+ü.csv", versionId: "v7")
        #expect(try QueueMessage.read(body) == [.bundle(manifest: manifest, settings: [:])])
    }

    @Test func everyRecordOfAnEventIsAManifest() throws {
        let records = [
            Self.event("ObjectCreated:Put", "a"), Self.event("ObjectRemoved:Delete", "b"),
            Self.event("ObjectCreated:Copy", "c"),
        ]
        let messages = try QueueMessage.read(#"{"Records":[\#(records.joined(separator: ","))]}"#)
        let keys = messages.map { message in
            if case .bundle(let manifest, _) = message { manifest.key } else { "" }
        }
        #expect(keys == ["a", "c"])
    }

    @Test(arguments: [
        #"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-21T08:00:00.000Z","Bucket":"jobs","#
            + #""RequestId":"5582","HostId":"8cLe"}"#,
        #"{"Records":[\#(event("ObjectRemoved:Delete", "a"))]}"#,
        #"{"Records":[]}"#,
        #"{"Records":[\#(event("ObjectCreated:Put", "archive/x.tar.gz.index.jsonl.gz"))]}"#,
        #"{"Records":[\#(event("ObjectCreated:Put", "m/1.csv.dlq.20261121T084501Z-9f3a5c0e.jsonl"))]}"#,
        #"{"Records":[\#(event("ObjectCreated:Put", "x.tar.deleted.20261121T084501Z-9f3a5c0e.jsonl"))]}"#,
    ])
    func eventsOfNothingCreatedAreNoWork(_ body: String) throws {
        #expect(try QueueMessage.read(body).isEmpty)
    }

    /// What a grouping, an archive and a claim leave below a prefix that feeds the queue, and manifests that look alike.
    @Test(arguments: [
        ("m/grouping.json", false), ("m/manifests-0001.txt", false), ("manifests-12345.txt", false),
        ("m/b_000001.jsonl", true), ("m/manifests-new.txt", true), ("m/grouping.json.csv", true),
        ("a/x.tar", false), ("a/x.tar.gz", false), ("a/x.tar.zst", false), ("a/x.zip", false), ("a/x.csv.gz", true),
        ("a/x.tar.gz.index.csv.gz", false), ("a/x.zip.objects/b/large.csv", false), ("a/x.tar.gz.numbers/12", false),
        ("a/x.tar.objects.version-v1/b/large.csv", false),
        ("_s3haul/claims/0123456789abcdef0123456789abcdef/000001", false),
        ("_s3haul/claims/0123456789abcdef0123456789abcdef/000001.end", false),
        ("claims/0123456789abcdef0123456789abcdef/000001.lease", false),
        ("claims/0123456789abcdef0123456789abcdef/9f3a5c0e.claim.jsonl", false), ("claims/2026/000001", true),
        ("manifests/0123456789abcdef0123456789abcdef.lease", false), ("manifests/0123456789.index", true),
    ])
    func whatS3haulWritesItselfIsNoManifest(_ row: (key: String, isManifest: Bool)) throws {
        let body = #"{"Records":[\#(Self.event("ObjectCreated:Put", row.key))]}"#
        #expect(try QueueMessage.read(body).isEmpty == !row.isManifest, "\(row.key)")
    }

    @Test func theOldFormIsAManifestWithItsKeyAsItIs() throws {
        let manifest = ObjectReference(bucket: "jobs", key: "a+b%20c.index")
        #expect(
            try QueueMessage.read(#"{"Bucket":"jobs","Key":"a+b%20c.index"}"#)
                == [.bundle(manifest: manifest, settings: [:])])
    }

    @Test(arguments: [
        "", "hello", "[]", "{}", "null", #"{"Bucket":"jobs"}"#, #"{"Bucket":"","Key":"k"}"#,
        #"{"schema":1,"kind":"object","bucket":"b","key":"k"}"#, #"{"schema":1,"kind":"object","run":"r","key":"k"}"#,
        #"{"schema":1,"kind":"transfer","bucket":"b","key":"k"}"#,
        #"{"schema":1,"kind":"bundle","bucket":"b","key":""}"#,
        #"{"schema":1,"kind":"bundle","bucket":"b","key":"k","settings":["a"]}"#,
        #"{"schema":2,"kind":"bundle","bucket":"b","key":"k"}"#, #"{"Event":"s3:Other"}"#,
        #"{"Records":[\#(event("ObjectCreated:Put", "%zz"))]}"#, #"{"Records":[\#(event("ObjectCreated:Put", ""))]}"#,
        #"{"Records":[{"eventSource":"aws:dynamodb","eventName":"INSERT"}]}"#, #"{"Records":"none"}"#,
        String(repeating: "[", count: 600),
    ])
    func anythingElseIsRefusedInOneLine(_ body: String) {
        let error = #expect(throws: QueueMessageError.self) { try QueueMessage.read(body) }
        #expect(error?.description.contains("\n") == false)
        #expect((error?.description.unicodeScalars.count ?? 0) < 400)
    }
}
