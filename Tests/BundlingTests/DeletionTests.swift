import AWSCore
import Archives
import Bundling
import Checksums
import HTTPTransport
import Jobs
import Manifests
import S3
import Testing

@Suite struct DeletionTests {
    private func bench(_ count: Int = 3) -> Bench {
        var bench = Bench()
        bench.settings.bundle.deletesSource = true
        bench.fill((0..<count).map { "key-\($0)" })
        return bench
    }

    @Test(arguments: [(CopySettings.Verification.standard, true), (.deep, true), (.deep, false)])
    func sourcesAreDeletedWhenTheArchiveIsProven(
        _ row: (verification: CopySettings.Verification, looksAtETags: Bool)
    ) async throws {
        var bench = bench(1_500)
        bench.settings.copy.verification = row.verification
        bench.store.state.withLock { $0.looksAtETags = row.looksAtETags }
        let outcome = await bench.bundle()
        #expect(outcome.status == .finished)
        #expect((outcome.deleted, outcome.kept) == (1_500, 0))
        #expect(bench.store.keys("source").isEmpty)
        #expect(try bench.index(outcome).count == 1_500)
        // With conditions two requests are enough, and one to find that out; without, each object is looked at.
        #expect(bench.store.count("DeleteObjects") == (row.looksAtETags ? 3 : 1))
        #expect(bench.store.count("DeleteObject") == (row.looksAtETags ? 0 : 1_499))
        let log = try #require(bench.store.keys("archives").first { $0.contains(".deleted.") })
        let lines = try #require(bench.store.object(log, bucket: "archives")).bytes.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 1_500)
    }

    @Test(arguments: [("the first", "key-0", true), ("another", "key-2", true), ("no conditions", "key-2", false)])
    func whatChangedIsKeptAndTold(_ row: (label: String, key: String, looksAtETags: Bool)) async throws {
        let bench = bench()
        bench.store.onRequest { operation, key, state in
            state.looksAtETags = row.looksAtETags
            guard operation == "PutObject", key.hasSuffix(".index.jsonl.gz") else { return nil }
            let changed = Array("changed".utf8)
            state.objects[ObjectReference(bucket: "source", key: row.key)] = .init(
                bytes: changed, head: FakeStore.head(of: changed))
            return nil
        }
        let outcome = await bench.bundle()
        #expect((outcome.deleted, outcome.kept) == (2, 1))
        #expect(bench.store.keys("source") == [row.key])
        let kept = bench.records.withLock { $0.filter { $0.outcome == .failed } }
        #expect(kept.map(\.source.key) == [row.key])
        #expect(kept.first?.errorCode == "PreconditionFailed")
    }

    /// The first one, by which stores without conditions are found out, tells nothing when it has changed itself.
    @Test func allThatChangedIsKeptWithoutConditions() async throws {
        let bench = bench()
        bench.store.onRequest { operation, key, state in
            state.looksAtETags = false
            guard operation == "PutObject", key.hasSuffix(".index.jsonl.gz") else { return nil }
            let changed = Array("changed".utf8)
            for key in ["key-0", "key-2"] {
                state.objects[ObjectReference(bucket: "source", key: key)] = .init(
                    bytes: changed, head: FakeStore.head(of: changed))
            }
            return nil
        }
        let outcome = await bench.bundle()
        #expect((outcome.deleted, outcome.kept) == (1, 2))
        #expect(bench.store.keys("source").sorted() == ["key-0", "key-2"])
    }

    @Test(arguments: CopySettings.Verification.allCases)
    func nothingIsDeletedWhenTheArchiveIsDamaged(_ verification: CopySettings.Verification) async throws {
        var bench = bench()
        bench.settings.copy.verification = verification
        bench.store.onRequest { operation, key, state in
            guard operation == "PutObject", key.hasSuffix(".index.jsonl.gz") else { return nil }
            let archive = ObjectReference(bucket: "archives", key: String(key.dropLast(".index.jsonl.gz".count)))
            if let middle = state.objects[archive]?.bytes.count { state.objects[archive]?.bytes[middle / 2] ^= 0x55 }
            return nil
        }
        let outcome = await bench.bundle()
        #expect(outcome.status == .failed)
        #expect(outcome.failure?.step == "ReadBack")
        #expect(bench.store.keys("source").count == 3)
    }

    @Test(arguments: [BundleSettings.Format.tarGzip, .zip])
    func whatDecodesToMuchIsReadThrough(_ format: BundleSettings.Format) async throws {
        var bench = bench()
        bench.settings.bundle.format = format
        bench.settings.copy.verification = .deep
        // Of zeros, so that all of it is a small part of one window, and what follows shares its last frame.
        bench.store.put("zeros", [UInt8](repeating: 0, count: 70 << 20))
        bench.rows.insert(ManifestRow(bucket: "source", key: "zeros", size: 70 << 20), at: 1)
        let outcome = await bench.bundle()
        #expect((outcome.status, outcome.deleted, outcome.kept) == (.finished, 4, 0), "\(outcome)")
    }

    @Test func anAttemptThatWasCutOffIsGoneOnWith() async throws {
        var bench = bench(1_500)
        bench.concurrency = 16
        let deletes = Locked(0)
        bench.store.onRequest { operation, _, _ in
            guard operation == "DeleteObjects" else { return nil }
            // The probe and the first thousand come through.
            let count = deletes.withLock { count in
                count += 1; return count
            }
            return count > 2 ? .fails(FakeStore.error("InternalError", 500, "DeleteObjects")) : nil
        }
        #expect(await bench.bundle().status == .interrupted)
        #expect(bench.store.keys("source").count == 500)
        bench.store.onRequest(nil)
        let second = await bench.bundle()
        #expect((second.status, second.deleted, second.kept) == (.unchanged, 1_500, 0))
        #expect(bench.store.keys("source").isEmpty)
    }

    @Test(arguments: ["GLACIER", "DEEP_ARCHIVE"])
    func anArchiveThatCannotBeReadDeletesNothingUntilItIsRestored(_ storageClass: String) async throws {
        var bench = bench()
        bench.settings.copy.storageClass = storageClass
        let refused = await bench.bundle()
        #expect((refused.status, refused.failure?.step) == (.failed, "ReadBack"))
        #expect(bench.store.keys("archives").isEmpty)
        bench.settings.bundle.deletesSource = false
        let archive = try #require(await bench.bundle().archive)
        bench.settings.bundle.deletesSource = true
        #expect(await bench.bundle().failure?.code == "InvalidObjectState")
        #expect(bench.store.keys("source").count == 3)
        bench.store.state.withLock { $0.objects[archive]?.head.restore = "ongoing-request=\"false\"" }
        let restored = await bench.bundle()
        #expect((restored.status, restored.deleted) == (.unchanged, 3))
    }

    /// What S3 does not say is deleted is not taken for deleted.
    @Test(arguments: [
        ReplyRow(
            "an error of no object",
            {
                $0 = .init(); $0.failed = [.init(key: "", code: "InternalError", message: "")]
            }),
        ReplyRow(
            "an error of another key",
            {
                $0.deleted = []; $0.failed = [.init(key: "K", code: "X", message: "")]
            }),
        ReplyRow("nothing", { $0 = .init() }),
        ReplyRow("another version", { reply in reply.deleted.indices.forEach { reply.deleted[$0].versionId = "v" } }),
    ])
    func everyDeletionMustBeConfirmed(_ row: ReplyRow) async throws {
        let bench = bench()
        bench.store.state.withLock { state in
            state.onDeleted = { if $0.failed.first?.code != "PreconditionFailed" { row.change(&$0) } }
        }
        let outcome = await bench.bundle()
        #expect((outcome.deleted, outcome.kept) == (0, 3), "\(row.label)")
        bench.store.state.withLock { $0.onDeleted = nil }
        let again = await bench.bundle()
        #expect((again.deleted, again.kept) == (3, 0), "\(row.label)")
    }

    struct ReplyRow: Sendable {
        var label: String
        var change: @Sendable (inout DeleteObjectsOutput) -> Void

        init(_ label: String, _ change: @escaping @Sendable (inout DeleteObjectsOutput) -> Void) {
            (self.label, self.change) = (label, change)
        }
    }

    /// What becomes of a copy beside the archive between the index and the deletion.
    @Test(arguments: [
        CopyRow("nothing", .standard, isProven: true),
        CopyRow("nothing, read", .deep, isProven: true),
        CopyRow("other bytes of the same size", .standard) { $0 = FakeStore.object(of: Array("copied objecT".utf8)) },
        CopyRow("another checksum", .standard) { $0?.head.checksum?.value = "AAAAAAAAAAA=" },
        CopyRow("damage that only reading shows", .deep) { $0?.bytes[3] ^= 1 },
        CopyRow("gone", .standard) { $0 = nil },
    ])
    func aCopyBesideIsProvenByItsIndex(_ row: CopyRow) async throws {
        var bench = bench()
        bench.settings.copy.verification = row.verification
        bench.settings.bundle.maxSize = 10
        bench.store.put("large", Array("copied object".utf8)) {
            $0.head.checksum = ObjectChecksum(algorithm: "CRC64NVME", value: "AAECAwQFBgc=", type: "FULL_OBJECT")
        }
        bench.rows = [ManifestRow(bucket: "source", key: "large")]
        bench.store.onRequest { operation, key, state in
            guard operation == "PutObject", key.hasSuffix(".index.jsonl.gz") else { return nil }
            let copy = ObjectReference(
                bucket: "archives", key: key.replacing(".index.jsonl.gz", with: ".objects/source/large"))
            row.change(&state.objects[copy])
            return nil
        }
        let outcome = await bench.bundle()
        let entry = try #require(try bench.index(outcome).first)
        let source = bench.store.object("large", bucket: "source")
        #expect(entry.copyETag == MD5.digest(Array("copied object".utf8))?.hexadecimal)
        #expect(entry.copyChecksum == "CRC64NVME:AAECAwQFBgc=")
        #expect((source == nil) == row.isProven, "\(row.label)")
        #expect(outcome.failure?.step == (row.isProven ? nil : "ReadBack"))
    }

    struct CopyRow: Sendable {
        var label: String
        var verification: CopySettings.Verification
        var isProven: Bool
        var change: @Sendable (inout FakeStore.Object?) -> Void

        init(
            _ label: String, _ verification: CopySettings.Verification, isProven: Bool = false,
            change: @escaping @Sendable (inout FakeStore.Object?) -> Void = { _ in }
        ) {
            (self.label, self.verification, self.isProven, self.change) = (label, verification, isProven, change)
        }
    }
}
