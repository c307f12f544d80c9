import AWSCore
import HTTPTransport
import Jobs
import S3
import TestSupport
import Testing
import Transfer

@Suite struct ResumeTests {
    /// How a worker dies: before a request is carried out, or after it was and before the reply came.
    enum Death: CaseIterable, Sendable {
        case before, after
    }

    /// Lets the worker die at its n-th step, of requests and checkpoint writes: nothing that it does later has an effect.
    private func kill(_ bench: Bench, at step: Int, _ death: Death) {
        let steps = Locked(0)
        @Sendable func next() -> Int {
            steps.withLock { steps in
                defer { steps += 1 }
                return steps
            }
        }
        let gone = AWSError(.cancelled, operation: "Test", subject: "s3://b/k", attempts: 1)
        bench.store.onRequest { _, _, _ in
            let now = next()
            if now == step, death == .after { return .loses(gone) }
            return now >= step ? .fails(gone) : nil
        }
        bench.checkpoints.state.withLock { $0.fate = { _ in next() >= step ? .cancelled : nil } }
    }

    private func revive(_ bench: inout Bench) {
        bench.store.onRequest(nil)
        bench.checkpoints.state.withLock { $0.fate = nil }
        bench.store.state.withLock { $0.now += 5 }
        bench.worker.batchAttempt = (bench.worker.batchAttempt ?? 0) + 1
    }

    @Test(arguments: Death.allCases) func endsInOneCopyWhereverItIsKilled(_ death: Death) async {
        for hasParts in [true, false] {
            for step in 0..<32 {
                var bench = Bench()
                bench.settings.overwrites = hasParts
                if hasParts {
                    bench.putSource(parts: 6)
                } else {
                    bench.store.put(bench.source, size: 26 * Bench.mebibyte)
                }
                kill(bench, at: step, death)
                _ = await bench.copy()
                revive(&bench)
                let record = await bench.copy()
                #expect([.copied, .unchanged].contains(record.outcome), "killed at \(step): \(record)")
                #expect(bench.isCopied, "killed at \(step)")
                #expect(bench.uploadsLeft == 0, "killed at \(step)")
                #expect(bench.copiedParts.count <= 6 + 3, "killed at \(step)")
            }
        }
    }

    @Test func endsInOneCopyHoweverOftenItIsKilled() async {
        var random = SeededGenerator(seed: 0xDEAD)
        for _ in 0..<50 {
            var bench = Bench()
            bench.putSource(parts: 12)
            var kills = 0
            while kills < 4 {
                kill(bench, at: .random(in: 0..<30, using: &random), .allCases.randomElement(using: &random) ?? .before)
                _ = await bench.copy()
                revive(&bench)
                kills += 1
            }
            #expect([.copied, .unchanged].contains(await bench.copy().outcome))
            #expect(bench.isCopied)
            #expect(bench.uploadsLeft == 0)
            #expect(bench.copiedParts.count <= 12 + kills * 3)
        }
    }

    @Test func endsInOneCopyWhereverItIsCancelled() async {
        for step in 0..<24 {
            var bench = Bench()
            bench.putSource(parts: 6)
            let running = Locked<Task<TaskRecord, Never>?>(nil)
            let isReady = Locked(false)
            bench.store.onRequest { _, index, _ in
                if index == step { running.withLock { $0?.cancel() } }
                return nil
            }
            let task = Task { [bench] in
                while !isReady.withLock(\.self) { await Task.yield() }
                return await bench.copy()
            }
            running.withLock { $0 = task }
            isReady.withLock { $0 = true }
            let first = await task.value
            #expect([.interrupted, .copied].contains(first.outcome), "cancelled at \(step): \(first)")
            revive(&bench)
            #expect([.copied, .unchanged].contains(await bench.copy().outcome), "cancelled at \(step)")
            #expect(bench.isCopied && bench.uploadsLeft == 0, "cancelled at \(step)")
            #expect(bench.copiedParts.count <= 6 + 3, "cancelled at \(step)")
        }
    }

    @Test func leavesNoUploadWhereNothingCanGoOn() async {
        var bench = Bench()
        bench.keepsCheckpoints = false
        bench.putSource(parts: 6)
        bench.store.onRequest { operation, index, _ in
            operation == "UploadPartCopy" && index > 12
                ? .fails(FakeStore.error("SlowDown", status: 503, operation)) : nil
        }
        #expect(await bench.copy().outcome == .interrupted)
        #expect(bench.uploadsLeft == 0)
    }

    @Test func copiesOnlyWhatIsMissing() async {
        let bench = Bench()
        bench.putSource(parts: 10)
        await bench.cutOff(afterParts: 6)
        let before = bench.copiedParts.count
        let record = await bench.copy()
        #expect(record.outcome == .copied && record.partsResumed == before)
        #expect(Set(bench.copiedParts).count == 10 && bench.copiedParts.count == 10)
        #expect(record.proof == .eTag)
    }

    @Test func keepsItsPartsWhenOtherOnesAreWished() async {
        var bench = Bench()
        bench.store.put(bench.source, size: 40 * Bench.mebibyte)
        await bench.cutOff(afterParts: 3)
        bench.settings.partSize = 20 * Bench.mebibyte
        let record = await bench.copy()
        #expect(record.outcome == .copied && record.parts == 8)
    }

    @Test func copiesAPartOfAnotherSizeAgain() async {
        let bench = Bench()
        bench.putSource(parts: 6)
        await bench.cutOff(afterParts: 4)
        bench.store.state.withLock { state in
            for id in state.uploads.keys {
                state.uploads[id]?.parts[1] = ("d41d8cd98f00b204e9800998ecf8427e", [.init(origin: "x", range: 0..<1)])
            }
        }
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.isCopied)
        #expect(bench.copiedParts.filter { $0 == 1 }.count == 2)
    }

    @Test func beginsAnewWhenTheSourceIsAnother() async {
        let bench = Bench()
        bench.putSource(parts: 6)
        await bench.cutOff(afterParts: 4)
        bench.putSource(parts: 6)
        let record = await bench.copy()
        #expect(record.outcome == .copied && record.partsResumed == nil)
        #expect(bench.isCopied && bench.uploadsLeft == 0)
    }

    @Test func beginsAnewWhenTheDestinationIsToBeAnother() async {
        var bench = Bench()
        bench.putSource(parts: 6)
        await bench.cutOff(afterParts: 4)
        bench.settings.storageClass = "STANDARD_IA"
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.store.object(bench.destination)?.properties.storageClass == "STANDARD_IA")
        #expect(bench.uploadsLeft == 0)
    }

    @Test func beginsAnewWhenTheUploadIsGone() async {
        let bench = Bench()
        bench.putSource(parts: 6)
        await bench.cutOff(afterParts: 4)
        bench.store.state.withLock { $0.uploads = [:] }
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.isCopied && bench.uploadsLeft == 0)
    }

    @Test func sparesTheUploadsOfOthers() async {
        var bench = Bench()
        bench.putSource(parts: 6)
        let destination = bench.destination
        bench.store.state.withLock { state in
            state.uploads["earlier"] = .init(object: destination, headers: .init(), initiated: state.now - 2)
            state.uploads["later"] = .init(object: destination, headers: .init(), initiated: state.now + 61)
            state.uploads["elsewhere"] = .init(
                object: .init(bucket: "destination", key: "copy.2"), headers: .init(), initiated: state.now)
            state.uploads["at work"] = .init(
                object: destination, headers: .init(), initiated: state.now,
                parts: [1: ("d41d8cd98f00b204e9800998ecf8427e", [])])
            state.uploads["another's"] = .init(
                object: destination, headers: .init(), initiated: state.now, initiator: "them")
        }
        bench.store.onRequest { operation, _, _ in
            operation == "CreateMultipartUpload"
                ? .loses(AWSError(.cancelled, operation: operation, subject: "s3://b/k", attempts: 1)) : nil
        }
        _ = await bench.copy()
        revive(&bench)
        #expect(await bench.copy().outcome == .copied)
        #expect(
            bench.store.state.withLock { Set($0.uploads.keys) } == [
                "earlier", "later", "elsewhere", "at work", "another's",
            ])
    }

    @Test func abortsNothingWhereItCannotTellWhoBeganWhat() async {
        var bench = Bench()
        bench.putSource(parts: 6)
        let destination = bench.destination
        bench.store.onRequest { operation, _, _ in
            operation == "CreateMultipartUpload"
                ? .loses(AWSError(.cancelled, operation: operation, subject: "s3://b/k", attempts: 1)) : nil
        }
        _ = await bench.copy()
        revive(&bench)
        bench.store.onRequest { operation, _, state in
            // Its own upload is not listed: it cannot know by what name the store knows it.
            if operation == "ListMultipartUploads" {
                for id in state.uploads.keys where id != "upload-1" { state.uploads[id]?.object.key = "unlisted" }
            }
            if operation == "CompleteMultipartUpload" {
                for id in state.uploads.keys { state.uploads[id]?.object = destination }
            }
            return nil
        }
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.store.log.contains("ListMultipartUploads"))
        #expect(bench.uploadsLeft == 1)
    }

    @Test func abortsWhatALostReplyHasBegun() async {
        let bench = Bench()
        bench.putSource(parts: 6)
        let isFirst = Locked(true)
        bench.store.onRequest { operation, _, _ in
            guard operation == "CreateMultipartUpload" else { return nil }
            let loses = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            return loses ? .loses(FakeStore.lost(operation)) : nil
        }
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.uploadsLeft == 0)
    }

    @Test func saysWhenCheckpointsCannotBeKept() async {
        let bench = Bench()
        bench.putSource(parts: 6)
        bench.checkpoints.state.withLock { $0.fate = { _ in .unavailable("no such bucket") } }
        let record = await bench.copy()
        #expect(record.outcome == .failed && record.message?.contains("no such bucket") == true)
        #expect(bench.uploadsLeft == 0)
    }
}
