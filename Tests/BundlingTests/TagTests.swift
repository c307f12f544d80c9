import AWSCore
import Archives
import Bundling
import HTTPTransport
import Jobs
import Manifests
import S3
import Testing

/// S3 says how many tags an object has only to those who may read them.
@Suite struct TagTests {
    private func bench(_ count: Int = 20) -> Bench {
        var bench = Bench()
        bench.fill((0..<count).map { "key-\($0)" })
        return bench
    }

    private func tag(_ key: String, in bench: Bench, isCounted: Bool) {
        bench.store.put(key, Array("content of \(key)".utf8)) {
            $0.tags = [Tag(key: "team", value: "film")]
            $0.head.tagCount = isCounted ? 1 : nil
        }
    }

    private func refuseTags(_ bench: Bench) {
        bench.store.onRequest { operation, _, _ in
            operation == "GetObjectTagging" ? .fails(FakeStore.error("AccessDenied", 403, operation)) : nil
        }
    }

    @Test func whetherTagsMayBeReadIsAskedOnceABucket() async throws {
        var bench = bench()
        bench.store.put("other", [1], bucket: "other")
        bench.rows.append(ManifestRow(bucket: "other", key: "other"))
        let outcome = await bench.bundle()
        #expect((outcome.archived, outcome.tagsUnknown) == (21, 0))
        #expect(bench.store.count("GetObjectTagging") == 2)
        #expect(try bench.index(outcome).allSatisfy { $0.tags == nil && $0.tagsError == nil })
    }

    @Test(arguments: [true, false])
    func anACLIsKeptWhereThatIsAskedFor(_ isAsked: Bool) async throws {
        var bench = bench(2)
        bench.settings.copy.copiesACL = isAsked
        bench.store.put("key-0", [1]) {
            $0.grants = [
                Grant(grantee: .user(id: "o"), permission: "FULL_CONTROL"),
                Grant(grantee: .group(uri: "http://all"), permission: "READ"),
            ]
        }
        let outcome = await bench.bundle()
        let kept = ["full-control": "id=\"o\"", "read": "uri=\"http://all\""]
        #expect(try bench.index(outcome).map(\.grants) == [isAsked ? kept : nil, nil])
        #expect(bench.store.count("GetObjectAcl") == (isAsked ? 2 : 0))
    }

    @Test func aCountIsAnswerEnough() async throws {
        let bench = bench()
        tag("key-0", in: bench, isCounted: true)
        let outcome = await bench.bundle()
        #expect(bench.store.count("GetObjectTagging") == 1)
        #expect(try bench.index(outcome).map(\.tags) == [["team": "film"]] + Array(repeating: nil, count: 19))
    }

    @Test func aStoreThatNeverCountsIsAskedForEach() async throws {
        let bench = bench()
        for number in 0..<20 { tag("key-\(number)", in: bench, isCounted: false) }
        let outcome = await bench.bundle()
        #expect(try bench.index(outcome).allSatisfy { $0.tags == ["team": "film"] })
        #expect(bench.store.count("GetObjectTagging") == 20)
    }

    @Test func withoutThePermissionNothingIsDeleted() async throws {
        var bench = bench()
        bench.settings.bundle.deletesSource = true
        tag("key-7", in: bench, isCounted: false)
        refuseTags(bench)
        let outcome = await bench.bundle()
        #expect(outcome.status == .failed)
        #expect(outcome.failure?.code == "AccessDenied")
        #expect(outcome.failure?.advice?.contains("s3:GetObjectTagging") == true)
        #expect(bench.store.keys("source").count == 20)
        #expect(bench.store.keys("archives").isEmpty)
    }

    @Test func withoutThePermissionTagsAreSaidToBeUnknownAndSourcesStayLater() async throws {
        var bench = bench()
        refuseTags(bench)
        let outcome = await bench.bundle()
        #expect((outcome.status, outcome.archived, outcome.tagsUnknown) == (.finished, 20, 20))
        #expect(try bench.index(outcome).allSatisfy { $0.tagsError == "AccessDenied" })
        #expect(bench.records.withLock { $0.allSatisfy { $0.message?.contains("without its tags") == true } })
        #expect(bench.store.count("GetObjectTagging") == 1)
        bench.store.onRequest(nil)
        bench.settings.bundle.deletesSource = true
        let later = await bench.bundle()
        #expect((later.status, later.deleted, later.kept) == (.unchanged, 0, 20))
        #expect(bench.store.keys("source").count == 20)
    }

    @Test(arguments: [("a store without tags", "NotImplemented", 501, 20), ("what may pass", "InternalError", 500, 0)])
    func otherErrorsAreNoRefusal(_ row: (label: String, code: String, status: Int, archived: Int64)) async {
        let bench = bench()
        bench.store.onRequest { operation, _, _ in
            operation == "GetObjectTagging" ? .fails(FakeStore.error(row.code, row.status, operation)) : nil
        }
        let outcome = await bench.bundle()
        #expect((outcome.archived, outcome.tagsUnknown) == (row.archived, 0), "\(row.label)")
    }
}
