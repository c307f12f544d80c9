import AWSCore
import HTTPTransport
import Jobs
import S3
import Testing
import Transfer

@Suite struct TransferEngineTests {
    @Test func copiesASmallObjectByOneRequest() async {
        let bench = Bench()
        bench.store.put(bench.source, size: 10)
        let record = await bench.copy()
        #expect(record.outcome == .copied && record.proof == .eTag && record.parts == 1)
        #expect(bench.store.log == ["HeadObject", "HeadObject", "CopyObject"])
        #expect(bench.isCopied)
    }

    @Test func copiesAnEmptyObject() async {
        let bench = Bench()
        bench.store.put(bench.source, size: 0)
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.isCopied)
    }

    @Test func copiesAListedObjectByOneRequest() async {
        let bench = Bench()
        bench.store.put(bench.source, size: 10)
        var listed = bench.listed(bench.source)
        listed.storageClass = "STANDARD_IA"
        let record = await bench.engine.copyListed(bench.task, source: listed, destination: nil)
        #expect(record.outcome == .copied && record.proof == .eTag)
        #expect(bench.store.log == ["CopyObject"])
        #expect(bench.store.object(bench.destination)?.properties.storageClass == "STANDARD_IA")
    }

    @Test func copiesAListedObjectOnlyAsItWasListed() async {
        let bench = Bench()
        bench.store.put(bench.source, size: 10)
        var listed = bench.listed(bench.source)
        listed.eTag = "another"
        let record = await bench.engine.copyListed(bench.task, source: listed, destination: nil)
        #expect(record.outcome == .failed && record.errorCode == "PreconditionFailed")
        #expect(record.message?.contains("changed") == true)
        #expect(bench.store.object(bench.destination) == nil)
    }

    @Test func copiesWithTheHeadThatItIsGiven() async throws {
        let bench = Bench()
        bench.store.put(bench.source, size: 10)
        let head = try await bench.store.head(HeadObjectRequest(bench.source))
        let record = await bench.engine.copyWhole(bench.task, source: head)
        #expect(record.outcome == .copied)
        #expect(bench.store.log == ["HeadObject", "CopyObject"])
    }

    @Test func copiesALargeObjectInItsOwnParts() async {
        var bench = Bench()
        bench.settings.partSize = 64 << 20
        let sizes = [7, 5, 9, 2].map { $0 * Bench.mebibyte }
        bench.store.put(bench.source, size: 23 * Bench.mebibyte, parts: sizes)
        let record = await bench.copy()
        #expect(record.outcome == .copied && record.proof == .eTag && record.parts == 4)
        #expect(record.partsResumed == nil)
        #expect(record.sourceETag == record.destinationETag)
        #expect(bench.isCopied)
        #expect(bench.store.log.count <= 4 + 5 + 4)
        #expect(bench.checkpoints.only?.state == .done)
    }

    @Test func asksForFewOfManyEqualParts() async {
        let bench = Bench()
        bench.putSource(parts: 200)
        let record = await bench.copy()
        #expect(record.proof == .eTag && record.parts == 200)
        #expect(bench.store.log.filter { $0 == "HeadObject(part)" }.count == 2)
    }

    @Test func asksForAllOfManyUnequalParts() async {
        let bench = Bench()
        let sizes = (0..<100).map { (5 + $0 % 3) * Bench.mebibyte }
        bench.store.put(bench.source, size: sizes.reduce(0, +), parts: sizes)
        let record = await bench.copy()
        #expect(record.proof == .eTag && record.parts == 100)
    }

    @Test func dividesAnObjectThatHasNoParts() async {
        let bench = Bench()
        bench.store.put(bench.source, size: 23 * Bench.mebibyte)
        let record = await bench.copy()
        #expect(record.outcome == .copied && record.proof == .sizeAndParts && record.parts == 5)
        #expect(bench.isCopied)
        #expect(bench.store.log.filter { $0 != "GetObjectTagging" }.count <= 5 + 5)
    }

    @Test func provesByChecksumWhereETagsDiffer() async {
        let bench = Bench()
        let checksum = ObjectChecksum(algorithm: "CRC32C", value: "AAAAAA==", type: "FULL_OBJECT")
        bench.store.put(bench.source, size: 23 * Bench.mebibyte) { $0.checksum = checksum }
        bench.store.onRequest { operation, _, state in
            if operation == "HeadObject" {
                state.objects[ObjectReference(bucket: "destination", key: "copy")]?.checksum = checksum
            }
            return nil
        }
        #expect(await bench.copy().proof == .checksum)
    }

    @Test func leavesAnIdenticalObjectAsItIs() async {
        let bench = Bench()
        bench.putSource(parts: 4)
        #expect(await bench.copy().outcome == .copied)
        let before = bench.store.log.count
        let record = await bench.copy()
        #expect(record.outcome == .unchanged && record.proof == .eTag)
        #expect(bench.store.log.count == before + 2)
    }

    @Test func findsWhatItHasMadeWhereNothingElseProvesIt() async {
        let bench = Bench()
        bench.store.put(bench.source, size: 23 * Bench.mebibyte)
        #expect(await bench.copy().proof == .sizeAndParts)
        let record = await bench.copy()
        #expect(record.outcome == .unchanged && record.proof == .sizeAndParts)
        #expect(bench.copiedParts.count == 5)
    }

    @Test func copiesAgainWhenAPropertyDiffers() async {
        var bench = Bench()
        bench.store.put(bench.source, size: 10)
        #expect(await bench.copy().outcome == .copied)
        bench.settings.storageClass = "GLACIER_IR"
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.store.object(bench.destination)?.properties.storageClass == "GLACIER_IR")
        #expect(await bench.copy().outcome == .unchanged)
    }

    @Test func copiesAgainWhenATagDiffers() async {
        let bench = Bench()
        let source = bench.source
        bench.store.put(source, size: 10) { $0.tags = [.init(key: "a", value: "1")] }
        #expect(await bench.copy().outcome == .copied)
        #expect(await bench.copy().outcome == .unchanged)
        bench.store.state.withLock { $0.objects[source]?.tags = [.init(key: "a", value: "2")] }
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.store.object(bench.destination)?.tags == [.init(key: "a", value: "2")])
    }

    @Test(arguments: [10, 23 << 20] as [Int64]) func knowsItsOwnCopyWhereNothingMayBeReplaced(_ size: Int64) async {
        var bench = Bench()
        bench.settings.overwrites = false
        bench.settings.acl = "bucket-owner-full-control"
        bench.store.put(bench.source, size: size)
        #expect(await bench.copy().outcome == .copied)
        #expect(await bench.copy().outcome == .unchanged)
    }

    @Test func copiesAgainWhatHeadObjectDoesNotShow() async {
        var bench = Bench()
        bench.store.put(bench.source, size: 10)
        #expect(await bench.copy().outcome == .copied)
        bench.settings.acl = "bucket-owner-full-control"
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.store.object(bench.destination)?.acl == "bucket-owner-full-control")
        bench.settings.acl = nil
        bench.settings.kmsKeyId = "1234abcd"
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.store.object(bench.destination)?.properties.sseKMSKeyId == "1234abcd")
    }

    @Test(arguments: [10, 23 << 20] as [Int64]) func overwritesNothingWhereItMayNot(_ size: Int64) async {
        var bench = Bench()
        bench.settings.overwrites = false
        bench.store.put(bench.source, size: size)
        bench.store.put(bench.destination, size: 3)
        let record = await bench.copy()
        #expect(record.outcome == .failed && record.errorCode == "PreconditionFailed")
        #expect(record.message?.contains("another object already") == true)
        #expect(bench.store.object(bench.destination)?.size == 3)
    }

    @Test(arguments: [10, 23 << 20] as [Int64]) func overwritesNothingThatComesMeanwhile(_ size: Int64) async {
        var bench = Bench()
        bench.settings.overwrites = false
        bench.store.put(bench.source, size: size)
        let destination = bench.destination
        bench.store.onRequest { operation, _, state in
            guard operation == "CopyObject" || operation == "CompleteMultipartUpload" else { return nil }
            state.objects[destination] = FakeStore.Object(
                content: [.init(origin: "other", range: 0..<4)], eTag: "other", lastModified: state.now)
            return nil
        }
        let record = await bench.copy()
        #expect(record.outcome == .failed && record.errorCode == "PreconditionFailed")
        #expect(bench.store.object(destination)?.eTag == "other")
        #expect(bench.uploadsLeft == 0)
    }

    @Test func takesItsOwnCopyForWhatItIsWhenTheReplyWasLost() async {
        var bench = Bench()
        bench.settings.overwrites = false
        bench.store.put(bench.source, size: 10)
        let head = HeadObjectOutput(
            contentLength: 10, eTag: bench.store.object(bench.source)?.eTag ?? "")
        #expect(await bench.engine.copyWhole(bench.task, source: head).outcome == .copied)
        let again = await bench.engine.copyWhole(bench.task, source: head)
        #expect(again.outcome == .unchanged && again.proof == .eTag)
    }

    @Test(arguments: [true, false]) func comparesDeeply(_ isSame: Bool) async {
        var bench = Bench()
        bench.settings.verification = .deep
        bench.store.put(bench.source, size: 5_000)
        let destination = bench.destination
        bench.store.onRequest { operation, _, state in
            if operation == "GetObject", !isSame {
                state.objects[destination]?.content = [.init(origin: "longer than the source's", range: 0..<5_000)]
            }
            return nil
        }
        let record = await bench.copy()
        #expect(record.outcome == (isSame ? .copied : .failed))
        #expect(record.proof == (isSame ? .deep : nil))
        if !isSame { #expect(record.message?.contains("at byte 0") == true) }
    }

    @Test func plansWithoutDoing() async {
        let bench = Bench()
        bench.putSource(parts: 4)
        let record = await bench.engine.plan(bench.task)
        #expect(record.outcome == .planned && record.parts == 4)
        #expect(bench.store.log == ["HeadObject", "HeadObject"])
    }

    @Test func hasOneRequestAPartAndFiveMore() async {
        for parts in [3, 40, 300] {
            var bench = Bench()
            bench.keepsCheckpoints = parts.isMultiple(of: 2)
            bench.store.put(bench.source, size: Int64(parts) * 5 * Bench.mebibyte)
            #expect(await bench.copy().parts == parts)
            #expect(bench.store.log.filter { $0 != "GetObjectTagging" }.count <= parts + 5)
            #expect(bench.store.log.filter { $0 == "GetObjectTagging" }.count == 1)
        }
    }

    @Test func asksForTagsThatHeadObjectDoesNotTellOf() async {
        let bench = Bench()
        bench.putSource(parts: 4) { $0.tags = [.init(key: "team", value: "media")] }
        bench.store.state.withLock { $0.tellsTagCount = false }
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.store.object(bench.destination)?.tags == [.init(key: "team", value: "media")])
    }

    @Test func losesNoTagsThatItMayNotRead() async {
        var bench = Bench()
        bench.putSource(parts: 4) { $0.tags = [.init(key: "team", value: "media")] }
        bench.store.state.withLock { $0.tellsTagCount = false }
        bench.store.onRequest { operation, _, _ in
            operation == "GetObjectTagging" ? .fails(FakeStore.error("AccessDenied", status: 403, operation)) : nil
        }
        let record = await bench.copy()
        #expect(record.outcome == .failed && record.errorCode == "AccessDenied")
        #expect(record.advice?.contains("s3:GetObjectTagging") == true)
        #expect(record.advice?.contains("--tags none") == true)
        #expect(bench.uploadsLeft == 0 && bench.store.object(bench.destination) == nil)
        bench.settings.tags = .none
        #expect(await bench.copy().outcome == .copied)
    }

    @Test func losesNoMetadataThatHeadObjectCannotTell() async {
        var bench = Bench()
        bench.putSource(parts: 4) { $0.missingMetadata = 2 }
        let record = await bench.copy()
        #expect(record.outcome == .failed)
        #expect(record.message?.contains("2 fields of metadata") == true)
        #expect(record.advice?.contains("--inline-limit") == true)
        #expect(bench.store.object(bench.destination) == nil)
        bench.settings.inlineLimit = 1 << 30
        #expect(await bench.copy().outcome == .copied)
    }

    @Test func readsTheACLOfTheVersionThatItCopies() async {
        var bench = Bench()
        bench.settings.copiesACL = true
        for parts in [1, 4] {
            bench.putSource(parts: parts) {
                $0.versionId = "v1"
                $0.grants = ["read": "id=\"them\""]
            }
            #expect(await bench.copy().outcome == .copied)
        }
        #expect(bench.store.state.withLock { $0.aclsRead.map(\.versionId) } == ["v1", "v1"])
    }

    @Test func tellsOfEachPartOnce() async {
        let bench = Bench()
        bench.putSource(parts: 6)
        bench.store.onRequest { operation, index, _ in
            operation == "UploadPartCopy" && index % 3 == 0
                ? .fails(FakeStore.error("SlowDown", status: 503, operation)) : nil
        }
        let told = Locked<[Int64]>([])
        let engine = TransferEngine(
            store: bench.store, settings: bench.settings, run: "run",
            copied: { task, size in told.withLock { $0.append(task.destination == bench.destination ? size : -1) } })
        #expect(await engine.copy(bench.task).outcome == .copied)
        #expect(told.withLock { $0.sorted() } == [Bench.mebibyte] + Array(repeating: 5 * Bench.mebibyte, count: 5))
    }
}
