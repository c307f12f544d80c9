import AWSCore
import Archives
import Bundling
import HTTPTransport
import Jobs
import Manifests
import S3
import Testing

@Suite struct AttemptTests {
    private func bench() -> Bench {
        var bench = Bench()
        bench.settings.bundle.archiveName = "m"
        bench.fill(["a", "b"])
        return bench
    }

    @Test func aSecondAttemptFindsItFinished() async {
        let bench = bench()
        let first = await bench.bundle()
        let before = bench.store.count("PutObject")
        let again = await bench.bundle()
        #expect(again.status == .unchanged)
        #expect(again.archive == first.archive)
        #expect(bench.store.count("PutObject") == before)
    }

    /// A message that is delivered twice, on two days, is one archive, whatever its name is made of.
    @Test(arguments: ["{run}/{name}", "{bucket}/{day}", "{day}/{run}"])
    func aSecondDeliveryAnotherDayFindsItFinished(_ template: String) async {
        var bench = Bench()
        bench.settings.bundle.archiveName = template
        bench.run = nil
        bench.fill(["a", "b"])
        let first = await bench.bundle()
        bench.now += 3 * 86_400
        let again = await bench.bundle()
        #expect((first.status, again.status) == (.finished, .unchanged))
        #expect(again.archive == first.archive)
        #expect(bench.store.keys("archives").count == 2)
    }

    /// Who was killed when the index was stored has told nobody what failed.
    @Test func aSecondAttemptSaysAgainWhatFailed() async {
        var bench = bench()
        bench.rows += [ManifestRow(bucket: "source", key: "gone"), ManifestRow(bucket: "source", key: "lost")]
        let first = await bench.bundle()
        #expect((first.failed, first.deadLetters) == (2, "letters"))
        let again = await bench.bundle()
        #expect(again.status == .unchanged)
        #expect((again.failed, again.deadLetters) == (2, "letters"))
        let archive = bench.store.object("x/m.tar.gz", bucket: "archives")
        #expect(archive?.head.properties.metadata.keys.sorted() == ["s3haul-bundle"])
    }

    @Test func aSecondAttemptSaysNothingOfWhatDidNotFail() async {
        let bench = bench()
        _ = await bench.bundle()
        let again = await bench.bundle()
        #expect((again.status, again.failed, again.deadLetters) == (.unchanged, 0, nil))
    }

    @Test func deadLettersInS3AreCounted() async throws {
        let store = FakeStore()
        let letters = S3DeadLetters(nextTo: ObjectReference(bucket: "jobs", key: "m.csv"), store)
        let sink = try await letters.open(attempt: "first")
        for line in ["one\n", "two\n", "three\n"] { try await sink.append(Array(line.utf8)) }
        #expect(try await letters.left(by: "first") == nil)
        _ = try await sink.finish()
        let left = try #require(try await letters.left(by: "first"))
        #expect((left.place, left.count) == ("s3://jobs/m.csv.dlq.first.jsonl", 3))
        #expect(try await letters.left(by: "second") == nil)
        store.onRequest { operation, _, _ in
            operation == "HeadObject" ? .fails(FakeStore.error("Forbidden", 403, operation)) : nil
        }
        #expect(try await letters.left(by: "first") == nil)
    }

    /// A connection that breaks within the manifest is no fault of the manifest.
    @Test(arguments: [
        ("a broken connection", HTTPError(.receive, "reset", mayHaveBeenSent: true), BundleOutcome.Status.interrupted),
        ("a URL that is none", HTTPError(.request, "malformed", mayHaveBeenSent: false), .failed),
    ])
    func aManifestThatCannotBeRead(_ row: (label: String, error: HTTPError, status: BundleOutcome.Status)) async {
        let bench = bench()
        let request = BundleRequest(
            name: "m", destination: ObjectPrefix(bucket: "archives", prefix: ""), identity: "i", written: 0,
            deadLetters: bench.letters
        ) {
            var rows = bench.rows[...]
            return {
                guard let next = rows.popFirst() else { throw row.error }
                return next
            }
        }
        let outcome = await bench.bundler(run: "r").bundle(request)
        #expect(outcome.status == row.status, "\(row.label)")
        #expect(BundleOutcome(endedBy: row.error).status == row.status)
        #expect(bench.store.keys("archives").isEmpty)
    }

    @Test func anotherManifestGetsTheNextNumber() async throws {
        var bench = bench()
        _ = await bench.bundle()
        bench.identity = "late arrivals"
        let late = await bench.bundle()
        #expect(late.status == .finished)
        #expect(late.archive?.key == "x/m-2.tar.gz")
        #expect(bench.store.keys("archives").count == 4)
    }

    @Test func anArchiveWithoutItsIndexIsCompleted() async throws {
        let bench = bench()
        let first = await bench.bundle()
        let index = try #require(first.index)
        bench.store.state.withLock { $0.objects[index] = nil }
        let second = await bench.bundle()
        #expect(second.status == .finished)
        #expect(second.archive == first.archive)
        #expect(try bench.contents(second).count == 2)
    }

    @Test func anArchiveOfOtherBytesWithoutItsIndexIsLeftAlone() async throws {
        let bench = bench()
        let first = await bench.bundle()
        let (archive, index) = (try #require(first.archive), try #require(first.index))
        bench.store.state.withLock { $0.objects[index] = nil }
        let before = bench.store.object(archive.key, bucket: "archives")?.bytes
        bench.store.put("a", Array("changed".utf8))
        let second = await bench.bundle()
        #expect(second.archive?.key == "x/m-2.tar.gz")
        #expect(second.notes.count == 1 && second.notes.allSatisfy { $0.contains("s3://archives/x/m.tar.gz is left") })
        #expect(try bench.contents(second)["a"] == "changed")
        #expect(bench.store.object(archive.key, bucket: "archives")?.bytes == before)
    }

    @Test(arguments: ["PutObject m.tar.gz", "PutObject m.tar.gz.index.jsonl.gz"])
    func aReplyThatIsLostIsNoSecondBundle(_ request: String) async throws {
        let bench = bench()
        bench.store.onRequest { operation, key, _ in "\(operation) \(key.dropFirst(2))" == request ? .loses : nil }
        let outcome = await bench.bundle()
        #expect(outcome.status == .finished)
        #expect(bench.store.keys("archives") == ["x/m.tar.gz", "x/m.tar.gz.index.jsonl.gz"])
        #expect(try bench.contents(outcome).count == 2)
    }

    @Test func whoIsSlowerFindsTheOtherOnesBundle() async {
        let bench = bench()
        // Another worker is done while this one is about to store its archive.
        let other = Locked(true)
        bench.store.onRequest { operation, key, state in
            guard operation == "PutObject", key.hasSuffix(".gz"),
                other.withLock({ first in
                    defer { first = false }; return first
                })
            else {
                return nil
            }
            var head = FakeStore.head(of: [1])
            head.properties.metadata = ["s3haul-bundle": "another's"]
            for name in [key, "\(key).index.jsonl.gz"] {
                state.objects[ObjectReference(bucket: "archives", key: name)] = .init(bytes: [1], head: head)
            }
            return nil
        }
        let outcome = await bench.bundle()
        #expect(outcome.status == .finished)
        #expect(outcome.archive?.key == "x/m-2.tar.gz")
        #expect(bench.store.object("x/m.tar.gz", bucket: "archives")?.bytes == [1])
    }

    @Test func aFinishedPlaceCountsBeforeAnUnfinishedOneOfALowerNumber() async throws {
        let bench = bench()
        let original = try #require(bench.store.object("a", bucket: "source"))
        let first = await bench.bundle()
        let index = try #require(first.index)
        bench.store.state.withLock { $0.objects[index] = nil }
        bench.store.put("a", Array("changed".utf8))
        let second = await bench.bundle()
        #expect(second.archive?.key == "x/m-2.tar.gz")
        // The same bytes again, which the first archive has.
        bench.store.put("a", original.bytes)
        let third = await bench.bundle()
        #expect(third.status == .unchanged)
        #expect(third.archive == second.archive)
        #expect(bench.store.object(index.key, bucket: "archives") == nil)
    }

    /// What another worker with the same bundle does meanwhile: it finishes it and deletes the sources.
    @Test(arguments: [
        ("with some objects gone", ["a"], "PutObject x/m.tar.gz"),
        ("with all objects gone", ["a", "b"], "GetObject b"),
    ])
    func whoIsSlowerWithTheSameBundleFindsItFinished(
        _ row: (label: String, gone: [String], request: String)
    ) async throws {
        let bench = bench()
        let first = await bench.bundle()
        let (archive, index) = (try #require(first.archive), try #require(first.index))
        let stored = bench.store.state.withLock { $0.objects }
        bench.store.state.withLock { state in
            for object in [archive, index] + row.gone.map({ ObjectReference(bucket: "source", key: $0) }) {
                state.objects[object] = nil
            }
        }
        bench.store.onRequest { operation, key, state in
            if "\(operation) \(key)" == row.request {
                for object in [archive, index] { state.objects[object] = stored[object] }
            }
            return nil
        }
        let second = await bench.bundle()
        #expect(second.status == .unchanged, "\(row.label)")
        #expect(second.archive == archive)
        #expect(bench.store.keys("archives") == [archive.key, index.key])
    }

    @Test func anIndexThatComesBeforeTheOwnOneIsTheOnlyOne() async throws {
        let bench = bench()
        let first = await bench.bundle()
        let index = try #require(first.index)
        let stored = bench.store.object(index.key, bucket: "archives")
        bench.store.state.withLock { $0.objects[index] = nil }
        bench.store.put("a", Array("changed".utf8))
        bench.store.onRequest { operation, key, state in
            if operation == "PutObject", key == "x/m-2.tar.gz" { state.objects[index] = stored }
            return nil
        }
        let second = await bench.bundle()
        #expect(second.status == .unchanged)
        #expect(second.index == index)
        #expect(bench.store.keys("archives").filter { $0.hasSuffix(".index.jsonl.gz") } == [index.key])
    }

    @Test func aCSVIndexThatIsLeftIsReplaced() async throws {
        var bench = bench()
        bench.settings.bundle.indexFormat = .csv
        let first = await bench.bundle()
        let index = try #require(first.index)
        let csv = "x/m.tar.gz.index.csv.gz"
        let whole = try #require(bench.store.object(csv, bucket: "archives"))
        bench.store.put(csv, [1], bucket: "archives") { $0.head.properties = whole.head.properties }
        bench.store.state.withLock { $0.objects[index] = nil }
        let second = await bench.bundle()
        #expect(second.status == .finished)
        #expect(second.archive == first.archive)
        #expect(bench.store.object(csv, bucket: "archives")?.bytes == whole.bytes)
    }

    @Test func whatAKilledWorkerLeftIsAborted() async {
        let bench = bench()
        let archive = ObjectReference(bucket: "archives", key: "x/m.tar.gz")
        bench.store.state.withLock { state in
            state.uploads["left"] = .init(object: archive, headers: DestinationHeaders())
            state.uploads["another's"] = .init(
                object: ObjectReference(bucket: "archives", key: "x/m.tar.gz2"), headers: DestinationHeaders())
        }
        #expect(await bench.bundle().status == .finished)
        #expect(bench.store.state.withLock { Array($0.uploads.keys) } == ["another's"])
    }

    /// Uploads of logs and dead letters have names of their own, by which they are known.
    @Test func logsAndLettersThatAKilledWorkerLeftAreAborted() async {
        var bench = bench()
        bench.settings.bundle.deletesSource = true
        let attempt = "20261121T084501Z-9f3a5c0e.jsonl"
        let left = ["x/m.tar.gz.deleted.\(attempt)", "in/m.csv.dlq.\(attempt)"]
        let others = ["x/m.tar.gz.deleted.mine.jsonl", "x/m.tar.gz.deleted.\(attempt).tar.gz", "in/m.csv.dlq.mine"]
        bench.store.state.withLock { state in
            for key in left + others {
                state.uploads[key] = .init(
                    object: ObjectReference(bucket: "archives", key: key), headers: DestinationHeaders())
            }
        }
        let letters = S3DeadLetters(
            nextTo: ObjectReference(bucket: "archives", key: "in/m.csv"), bench.store)
        #expect(await bench.bundle(letters: letters).deleted == 2)
        #expect(bench.store.state.withLock { $0.uploads.keys.sorted() } == others.sorted())
    }

    @Test func nothingIsCopiedBesideAnArchiveThatIsNotThisOne() async throws {
        var bench = bench()
        bench.settings.bundle.maxSize = 15
        bench.store.put("large", [UInt8](repeating: 1, count: 16))
        bench.rows.append(ManifestRow(bucket: "source", key: "large", size: 16))
        let first = await bench.bundle()
        let index = try #require(first.index)
        bench.store.state.withLock { $0.objects[index] = nil }
        bench.store.put("a", Array("changed".utf8))
        bench.copied.withLock { $0 = [] }
        let second = await bench.bundle()
        #expect(second.archive?.key == "x/m-2.tar.gz")
        #expect(bench.copied.withLock { $0.map(\.destination.key) } == ["x/m-2.tar.gz.objects/source/large"])
    }

    @Test func anObjectThatIsLostInTheMiddleCostsOnlyItself() async throws {
        var bench = bench()
        bench.store.put("large", [UInt8](repeating: 1, count: 20 << 20))
        bench.rows.insert(ManifestRow(bucket: "source", key: "large", size: 20 << 20), at: 1)
        let gets = Locked(0)
        bench.store.onRequest { operation, key, _ in
            guard operation == "GetObject", key == "large" else { return nil }
            let count = gets.withLock { count in
                count += 1; return count
            }
            return count > 1 ? .fails(FakeStore.error("PreconditionFailed", 412)) : nil
        }
        let outcome = await bench.bundle()
        #expect(outcome.status == .finished)
        #expect(try bench.contents(outcome).keys.sorted() == ["a", "b"])
        #expect(bench.letters.lines.withLock { $0.count } == 1)
        #expect(bench.store.state.withLock { $0.uploads.isEmpty })
    }

    @Test func theIndexIsStoredLast() async {
        let bench = bench()
        bench.store.onRequest { operation, key, _ in
            operation == "PutObject" && key.hasSuffix(".tar.gz") ? .fails(FakeStore.error("AccessDenied", 403)) : nil
        }
        let outcome = await bench.bundle()
        #expect(outcome.status == .failed)
        #expect(bench.store.keys("archives").isEmpty)
    }
}
