import Bundling
import HTTPTransport
import Jobs
import Manifests
import S3
import Testing

/// Many bundles whose archives have one name, such as those of a day.
@Suite struct ArchiveNumbersTests {
    private func bench() -> Bench {
        var bench = Bench()
        bench.settings.bundle.archiveName = "{bucket}/{day}"
        bench.fill(["2026/01/05/a", "2026/01/05/b"])
        return bench
    }

    private let second = "x/source/20260105-2.tar.gz"

    @Test func whoIsSlowerReadsNothingTwice() async {
        let bench = bench()
        // Another bundle takes the number between the look at it and the request for it.
        bench.store.onRequest { operation, key, state in
            if operation == "PutObject", key.hasSuffix(".numbers/1") {
                var head = FakeStore.head(of: [])
                head.properties.metadata = ["s3haul-bundle": "another's"]
                state.objects[ObjectReference(bucket: "archives", key: key)] = .init(bytes: [], head: head)
            }
            return nil
        }
        let outcome = await bench.bundle()
        #expect(outcome.archive?.key == second)
        #expect(bench.store.count("GetObject") == 2 + 1, "the objects, and the index for the records")
    }

    @Test func aReplyThatIsLostIsNoSecondNumber() async {
        let bench = bench()
        bench.store.onRequest { operation, key, _ in
            operation == "PutObject" && key.hasSuffix(".numbers/1") ? .loses : nil
        }
        #expect(await bench.bundle().archive?.key == "x/source/20260105.tar.gz")
    }

    @Test func bundlesThatBeginAtOnceReadNothingTwice() async {
        let bench = bench()
        let archives = await withTaskGroup(of: String?.self) { group in
            for number in 0..<20 {
                var one = bench
                one.identity = "manifest \(number)"
                group.addTask { [one] in await one.bundle().archive?.key }
            }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(archives.count == 20 && !archives.contains(nil))
        #expect(bench.store.count("GetObject") == 20 * (2 + 1))
    }

    @Test func aNumberCostsTheSameHoweverManyAreTaken() async {
        var bench = bench()
        var requests: [Int] = []
        for number in 1...200 {
            bench.identity = "manifest \(number)"
            let before = bench.store.state.withLock { $0.log.count }
            let archive = await bench.bundle().archive
            #expect(archive?.key == "x/source/20260105\(number > 1 ? "-\(number)" : "").tar.gz")
            requests.append(bench.store.state.withLock { $0.log.count } - before)
        }
        // A number whose size is the own one's costs a few; one in a thousand is such a one.
        #expect((requests.max() ?? 0) <= requests[0] + 6, "\(requests)")
        let before = bench.store.state.withLock { $0.log.count }
        bench.identity = "manifest 150"
        #expect(await bench.bundle().archive?.key == "x/source/20260105-150.tar.gz")
        #expect(bench.store.state.withLock { $0.log.count } - before < 12)
    }

    @Test func archivesWithoutANumberCountToo() async {
        var bench = bench()
        _ = await bench.bundle()
        let number = ObjectReference(bucket: "archives", key: "x/source/20260105.tar.gz.numbers/1")
        bench.store.state.withLock { $0.objects[number] = nil }
        let again = await bench.bundle()
        #expect((again.status, again.archive?.key) == (.unchanged, "x/source/20260105.tar.gz"))
        bench.identity = "another"
        #expect(await bench.bundle().archive?.key == second)
    }

    @Test func whatFailsGivesItsNumberBack() async {
        var bench = bench()
        bench.store.onRequest { operation, key, _ in
            operation == "PutObject" && key.hasSuffix(".tar.gz") ? .fails(FakeStore.error("AccessDenied", 403)) : nil
        }
        #expect(await bench.bundle().status == .failed)
        bench.store.onRequest(nil)
        bench.identity = "another"
        #expect(await bench.bundle().archive?.key == "x/source/20260105.tar.gz")
    }

    @Test func whoWasKilledFindsTheOwnNumberAgain() async {
        var bench = bench()
        bench.identity = "killed"
        // Its number stays, as nobody was there to give it back.
        bench.store.onRequest { operation, key, _ in
            switch operation {
            case "PutObject" where key.hasSuffix(".tar.gz"), "DeleteObject":
                .fails(FakeStore.error("AccessDenied", 403))
            default: nil
            }
        }
        _ = await bench.bundle()
        bench.store.onRequest(nil)
        bench.identity = "another"
        #expect(await bench.bundle().archive?.key == second)
        bench.identity = "killed"
        #expect(await bench.bundle().archive?.key == "x/source/20260105.tar.gz")
    }

    @Test func aPlanTakesNoNumber() async {
        let bench = bench()
        let request = BundleRequest(
            name: "m", destination: ObjectPrefix(bucket: "archives", prefix: ""), identity: "i", written: 0,
            deadLetters: bench.letters
        ) {
            var rest = bench.rows[...]
            return { rest.popFirst() }
        }
        #expect(await bench.bundler(run: "r").plan(request).status == .planned)
        #expect(bench.store.count("PutObject") == 0)
    }
}
