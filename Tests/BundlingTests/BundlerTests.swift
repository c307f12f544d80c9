import AWSCore
import Archives
import Bundling
import Checksums
import HTTPTransport
import Jobs
import Manifests
import S3
import Testing

@Suite struct BundlerTests {
    @Test func theIndexFindsEveryObjectAgain() async throws {
        var bench = Bench()
        bench.fill((0..<100).map { "key-\($0)" })
        let outcome = await bench.bundle()
        #expect(outcome.status == .finished)
        #expect(outcome.archived == 100)
        let contents = try bench.contents(outcome)
        #expect(contents == Dictionary(uniqueKeysWithValues: bench.rows.map { ($0.key, "content of \($0.key)") }))
        #expect(bench.records.withLock { $0.count { $0.outcome == .archived } } == 100)
        #expect(bench.store.count("GetObject") == 100 + 1)
        #expect(bench.store.state.withLock { $0.uploads.isEmpty })
    }

    @Test func theSameObjectsMakeTheSameBytes() async throws {
        var archives: [[UInt8]] = []
        for concurrency in [1, 2, 7] {
            var bench = Bench()
            bench.concurrency = concurrency
            bench.fill((0..<50).map { "key-\($0)" })
            let archive = try #require(await bench.bundle().archive)
            archives.append(try #require(bench.store.object(archive.key, bucket: archive.bucket)).bytes)
        }
        #expect(archives[0] == archives[1])
        #expect(archives[0] == archives[2])
    }

    @Test(arguments: [
        ("a versioned key", "up/../../down"), ("an absolute key", "/etc/passwd"), ("a folder", "folder/"),
        ("dots", ".."), ("a newline", "a\nb"),
    ])
    func aHostileKeyIsKeptWhole(_ row: (label: String, key: String)) async throws {
        var bench = Bench()
        bench.fill(["source", row.key, "source/below"])
        let entries = try bench.index(await bench.bundle())
        #expect(entries.map(\.key) == ["source", row.key, "source/below"])
        for entry in entries {
            let components = try #require(entry.member).split(separator: "/", omittingEmptySubsequences: false)
            #expect(!components.contains("..") && components.first != "")
        }
        #expect(Set(entries.map(\.member)).count == 3)
    }

    @Test(arguments: [["a", "a", "b"], ["a", "b", "a"], ["a", "b", "b", "a", "b"]])
    func aRowThatIsListedTwiceIsOneMember(_ keys: [String]) async throws {
        var bench = Bench()
        bench.fill(keys)
        let outcome = await bench.bundle()
        #expect(outcome.archived == 2)
        #expect(try bench.index(outcome).map(\.key) == ["a", "b"])
    }

    @Test func keysThatAreEqualAsTextAreTwoMembers() async throws {
        var bench = Bench()
        bench.fill(["caf\u{E9}", "cafe\u{301}"])
        #expect(await bench.bundle().archived == 2)
    }

    @Test func anETagThatIsNoMD5GetsOneInTheIndex() async throws {
        var bench = Bench()
        let bytes = Array("content".utf8)
        bench.store.put("parts", bytes) { $0.head.eTag = "\(String(repeating: "a", count: 32))-2" }
        bench.store.put("kms", bytes) {
            $0.head.eTag = String(repeating: "b", count: 32)
            $0.head.properties.serverSideEncryption = "aws:kms"
        }
        bench.store.put("plain", bytes)
        bench.rows = ["parts", "kms", "plain"].map { ManifestRow(bucket: "source", key: $0) }
        let entries = try bench.index(await bench.bundle())
        let md5 = try #require(MD5.digest(bytes)).hexadecimal
        #expect(entries.map(\.md5) == [md5, md5, nil])
    }

    @Test func bytesThatAreNotTheObjectAreNotArchived() async throws {
        var bench = Bench()
        bench.fill(["good"])
        bench.store.put("damaged", [1, 2, 3]) { $0.head.eTag = String(repeating: "c", count: 32) }
        bench.rows.append(ManifestRow(bucket: "source", key: "damaged"))
        let outcome = await bench.bundle()
        #expect(try bench.index(outcome).map(\.key) == ["good"])
        #expect(outcome.failed == 1)
        #expect(bench.letters.lines.withLock { $0 }.first?.contains("\"reason\":\"BadDigest\"") == true)
    }

    @Test(arguments: [
        ("gone", "NoSuchKey", 404), ("in Glacier", "InvalidObjectState", 403), ("refused", "AccessDenied", 403),
        ("throttled for long", "SlowDown", 503),
    ])
    func oneBadObjectStopsNothing(_ row: (label: String, code: String, status: Int)) async throws {
        var bench = Bench()
        bench.fill(["a", "bad", "c"])
        bench.store.onRequest { operation, key, _ in
            operation == "GetObject" && key == "bad" ? .fails(FakeStore.error(row.code, row.status)) : nil
        }
        let outcome = await bench.bundle()
        #expect(outcome.status == .finished)
        #expect(try bench.index(outcome).map(\.key) == ["a", "c"])
        let letter = try #require(bench.letters.lines.withLock { $0 }.first)
        #expect(letter.contains("\"key\":\"bad\"") && letter.contains("\"reason\":\"\(row.code)\""))
        #expect(bench.records.withLock { $0.filter { $0.outcome == .failed }.map(\.errorCode) } == [row.code])
    }

    @Test func whatTheManifestSaysIsWhatIsRead() async throws {
        var bench = Bench()
        bench.fill(["same", "changed"])
        bench.rows[0].eTag = bench.store.object("same", bucket: "source")?.head.eTag
        bench.rows[1].eTag = "0123456789abcdef0123456789abcdef"
        let outcome = await bench.bundle()
        #expect(try bench.index(outcome).map(\.key) == ["same"])
        #expect(bench.letters.lines.withLock { $0 }.first?.contains("PreconditionFailed") == true)
    }

    @Test func whatIsTooLargeIsCopiedBesideAndIndexed() async throws {
        var bench = Bench()
        bench.settings.bundle.maxSize = 20
        bench.fill(["small"])
        bench.store.put("big one", Array(repeating: 7, count: 21)) { $0.head.properties.metadata = ["a": "b"] }
        bench.rows.append(ManifestRow(bucket: "source", key: "big one", size: 21))
        let outcome = await bench.bundle()
        #expect((outcome.archived, outcome.beside) == (2, 1))
        let entry = try #require(try bench.index(outcome).first { $0.key == "big one" })
        #expect(entry.location == nil)
        #expect(entry.metadata == ["a": "b"])
        #expect(entry.archive == bench.copied.withLock { $0 }.first?.destination.uri)
        #expect(bench.store.count("GetObject") == 2)
    }

    @Test func copiesBesideAreIndexedInTheManifestsOrder() async throws {
        var bench = Bench()
        bench.settings.bundle.maxSize = 0
        bench.fill((0..<20).map { "key-\($0)" })
        let outcome = await bench.bundle()
        #expect((outcome.archived, outcome.beside, outcome.archive) == (20, 20, nil))
        #expect(try bench.index(outcome).map(\.key) == bench.rows.map(\.key))
    }

    @Test func whatIsTooMuchForOneArchiveIsRefusedBeforeItIsRead() async throws {
        var bench = Bench()
        bench.settings.bundle.maxSize = 50 << 40
        bench.fill(["a", "b"])
        for number in 0..<2 { bench.rows[number].size = 300 << 30 }
        let outcome = await bench.bundle()
        #expect((outcome.status, outcome.failure?.code) == (.failed, "EntityTooLarge"))
        #expect(bench.store.state.withLock { $0.log.isEmpty })
        // One alone, that no archive takes, is copied beside it.
        bench.rows[1].size = 600 << 30
        bench.rows.remove(at: 0)
        bench.store.put("b", [1]) { $0.head.contentLength = 600 << 30 }
        #expect(await bench.bundle().beside == 1)
    }

    @Test func withTheNetworkGoneNothingIsClaimed() async {
        var bench = Bench()
        bench.fill((0..<100).map { "key-\($0)" })
        bench.store.onRequest { operation, _, _ in
            operation == "GetObject" ? .fails(FakeStore.error("InternalError", 500)) : nil
        }
        let outcome = await bench.bundle()
        #expect(outcome.status == .interrupted)
        #expect(bench.store.keys("archives").isEmpty)
        #expect(bench.letters.lines.withLock { $0.isEmpty })
    }

    @Test func nothingToArchiveMakesNothing() async {
        let bench = Bench()
        #expect(await bench.bundle() == BundleOutcome(.empty))
        #expect(bench.store.state.withLock { $0.log.isEmpty })
    }

    @Test func theArchiveIsStoredAsItIsAskedFor() async throws {
        var bench = Bench()
        bench.settings.copy.storageClass = "DEEP_ARCHIVE"
        bench.settings.copy.kmsKeyId = "alias/archives"
        bench.settings.copy.tags = .replace(["kind": "archive"])
        bench.settings.bundle.lockMode = .compliance
        bench.settings.bundle.lockDays = 10
        bench.fill(["a"])
        let outcome = await bench.bundle()
        let archive = try #require(bench.store.object(outcome.archive?.key ?? "", bucket: "archives"))
        #expect(archive.head.properties.storageClass == "DEEP_ARCHIVE")
        #expect(archive.head.properties.sseKMSKeyId == "alias/archives")
        #expect(archive.head.properties.objectLockMode == "COMPLIANCE")
        #expect(archive.head.properties.objectLockRetainUntilDate == "2026-11-28T11:06:40Z")
        #expect(archive.tags == [Tag(key: "kind", value: "archive")])
        let index = try #require(bench.store.object(outcome.index?.key ?? "", bucket: "archives"))
        #expect(index.head.properties.storageClass == nil)
        #expect(index.head.properties.objectLockMode == "COMPLIANCE")
    }
}
