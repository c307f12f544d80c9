import AWSCore
import HTTPTransport
import Jobs
import S3
import Testing
import Transfer

/// What becomes of a transfer when something fails.
@Suite struct TransferFailureTests {
    struct Refusal: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var change: @Sendable (inout FakeStore.Object) -> Void
        var says: String
    }

    static let refusals = [
        Refusal(testDescription: "Glacier", change: { $0.properties.storageClass = "GLACIER" }, says: "not restored"),
        Refusal(
            testDescription: "Deep Archive", change: { $0.properties.storageClass = "DEEP_ARCHIVE" },
            says: "DEEP_ARCHIVE"),
    ]

    @Test(arguments: refusals) func saysWhyAnObjectCannotBeRead(_ row: Refusal) async {
        let bench = Bench()
        bench.store.put(bench.source, size: 10, change: row.change)
        let record = await bench.copy()
        #expect(record.outcome == .failed && record.errorCode == "InvalidObjectState")
        #expect(record.message?.contains(row.says) == true)
        #expect(record.advice?.contains("RestoreObject") == true)
    }

    @Test func saysThatAnObjectIsGone() async {
        let record = await Bench().copy()
        #expect(record.outcome == .failed && record.message?.contains("is not there") == true)
        #expect(record.advice?.isEmpty == false)
    }

    @Test(arguments: [1, 3, 5]) func makesNothingOfASourceThatChanges(_ part: Int) async {
        let bench = Bench()
        bench.putSource(parts: 6)
        let source = bench.source
        let seen = Locked(0)
        bench.store.onRequest { operation, _, state in
            guard operation == "UploadPartCopy" else { return nil }
            let number = seen.withLock { seen in
                seen += 1
                return seen
            }
            if number == part { state.objects[source]?.eTag = "changed" }
            return nil
        }
        let record = await bench.copy()
        #expect(record.outcome == .failed && record.message?.contains("changed while it was copied") == true)
        #expect(bench.store.object(bench.destination) == nil)
        #expect(bench.uploadsLeft == 0)
        #expect(bench.checkpoints.only == nil)
        #expect(bench.store.log.filter { $0 == "UploadPartCopy" }.count <= part + 3)
    }

    @Test func beginsPartsAgainThatFailForNow() async {
        let bench = Bench()
        bench.putSource(parts: 20)
        bench.store.onRequest { operation, index, _ in
            guard operation == "UploadPartCopy", index % 4 == 0 else { return nil }
            return .fails(FakeStore.error("SlowDown", status: 503, operation))
        }
        let record = await bench.copy()
        #expect(record.outcome == .copied && record.proof == .eTag)
    }

    @Test func givesUpOnAStoreThatTakesNothing() async {
        let bench = Bench()
        bench.putSource(parts: 20)
        bench.store.onRequest { operation, _, _ in
            operation == "UploadPartCopy" ? .fails(FakeStore.error("SlowDown", status: 503, operation)) : nil
        }
        let record = await bench.copy()
        #expect(record.outcome == .interrupted && record.errorCode == "SlowDown")
        #expect(bench.checkpoints.only?.state == .running && bench.checkpoints.only?.heartbeat == 0)
        bench.store.onRequest(nil)
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.uploadsLeft == 0)
    }

    @Test func recognisesALostReplyToComplete() async {
        for parts in [[], Array(repeating: 5 * Bench.mebibyte, count: 4)] {
            let bench = Bench()
            bench.store.put(bench.source, size: 20 * Bench.mebibyte, parts: parts)
            bench.store.onRequest { operation, _, _ in
                operation == "CompleteMultipartUpload" ? .loses(FakeStore.lost(operation)) : nil
            }
            let record = await bench.copy()
            #expect(record.outcome == .copied)
            #expect(bench.isCopied && bench.uploadsLeft == 0)
        }
    }

    @Test func takesAnOlderObjectForNoLostReply() async {
        let bench = Bench()
        bench.store.put(bench.destination, size: 23 * Bench.mebibyte)
        bench.store.state.withLock { $0.now += 100 }
        bench.store.put(bench.source, size: 23 * Bench.mebibyte)
        bench.store.onRequest { operation, _, _ in
            operation == "CompleteMultipartUpload" ? .fails(FakeStore.lost(operation)) : nil
        }
        let record = await bench.copy()
        #expect(record.outcome == .interrupted && record.step == "CompleteMultipartUpload")
        #expect(!bench.isCopied)
    }

    @Test func abortsAnUploadWhoseIdDidNotArrive() async {
        let bench = Bench()
        bench.putSource(parts: 4)
        let lost = Locked(false)
        bench.store.onRequest { operation, _, _ in
            guard operation == "CreateMultipartUpload" else { return nil }
            let isFirst = lost.withLock { lost in
                defer { lost = true }
                return !lost
            }
            return isFirst ? .loses(FakeStore.lost(operation)) : nil
        }
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.uploadsLeft == 0)
    }

    @Test func beginsAnewWhenTheConditionConflicts() async {
        var bench = Bench()
        bench.settings.overwrites = false
        bench.putSource(parts: 4)
        bench.store.onRequest { operation, _, _ in
            operation == "CompleteMultipartUpload"
                ? .fails(FakeStore.error("ConditionalRequestConflict", status: 409, operation)) : nil
        }
        #expect(await bench.copy().outcome == .interrupted)
        #expect(bench.uploadsLeft == 0)
        bench.store.onRequest(nil)
        #expect(await bench.copy().outcome == .copied)
    }

    @Test func refusesADestinationOfAnotherSize() async {
        let bench = Bench()
        bench.putSource(parts: 4)
        let destination = bench.destination
        bench.store.onRequest { operation, _, state in
            if operation == "HeadObject" {
                state.objects[destination]?.content.append(.init(origin: "x", range: 0..<1))
            }
            return nil
        }
        let record = await bench.copy()
        #expect(record.outcome == .failed && record.step == "Verify")
        #expect(record.message?.contains("is not its source") == true)
    }
}
