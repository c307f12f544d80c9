import AWSCore
import HTTPTransport
import Jobs
import S3
import TestSupport
import Testing
import Transfer

/// Several workers, of which one has a transfer already.
@Suite struct RivalTests {
    private func rivalry() async -> Bench {
        var bench = Bench()
        bench.putSource(parts: 6)
        bench.worker = WorkerIdentity(host: "rival", process: 1)
        await bench.cutOff(afterParts: 2)
        let name = Checkpoint.name(of: bench.task)
        if var found = bench.checkpoints.only {
            found.heartbeat = bench.store.state.withLock { $0.now }
            bench.checkpoints.set(found, as: name, written: found.heartbeat)
        }
        bench.worker = WorkerIdentity(host: "one", process: 7)
        return bench
    }

    @Test func waitsForARivalAndTakesOverWhenItIsSilent() async {
        let bench = await rivalry()
        let start = bench.store.state.withLock { $0.now }
        let record = await bench.copy()
        #expect(record.outcome == .copied && record.partsResumed == 2)
        #expect(bench.store.state.withLock { $0.now } - start >= 60)
        #expect(bench.copiedParts.count == 6)
    }

    @Test func takesOverFromARivalWhoseClockIsAhead() async {
        let bench = await rivalry()
        if var found = bench.checkpoints.only {
            found.heartbeat += 1_000_000
            bench.checkpoints.set(found, as: Checkpoint.name(of: bench.task), written: 0)
        }
        let start = bench.store.state.withLock { $0.now }
        #expect(await bench.copy().outcome == .copied)
        #expect((60...70).contains(bench.store.state.withLock { $0.now } - start))
    }

    @Test func waitsForARivalThatFinishes() async {
        let bench = await rivalry()
        var rival = bench
        rival.worker = WorkerIdentity(host: "rival", process: 1)
        let store = bench.store
        let isBusy = Locked(true)
        let waiting = Task { [bench] in
            defer { isBusy.withLock { $0 = false } }
            return await bench.copy()
        }
        // The rival finishes while the other one waits.
        var found = bench.checkpoints.only
        found?.heartbeat = 0
        if let found { bench.checkpoints.set(found, as: Checkpoint.name(of: bench.task), written: 0) }
        let winner = await rival.copy()
        let other = await waiting.value
        #expect(Set([winner.outcome, other.outcome]).isSubset(of: [.copied, .unchanged, .interrupted]))
        #expect([winner.outcome, other.outcome].contains(.copied))
        #expect(store.object(bench.destination)?.size == 26 * Bench.mebibyte)
        #expect(bench.isCopied && bench.uploadsLeft == 0)
    }

    @Test func stopsWhenItsCheckpointIsTaken() async {
        var bench = Bench()
        bench.putSource(parts: 6)
        let isDue = Locked(false)
        bench.heartbeat = {
            while !isDue.withLock(\.self) {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        let checkpoints = bench.checkpoints
        let name = Checkpoint.name(of: bench.task)
        bench.store.onRequest { [unowned checkpoints] operation, _, state in
            guard operation == "UploadPartCopy" else { return nil }
            if var taken = checkpoints.only, taken.attempt != "rival" {
                taken.attempt = "rival"
                checkpoints.set(taken, as: name, written: state.now)
                isDue.withLock { $0 = true }
            }
            // No part is copied from here on: only the lost heartbeat ends this.
            return .fails(FakeStore.error("SlowDown", status: 503, operation))
        }
        let record = await bench.copy()
        #expect(record.outcome == .interrupted)
        #expect(record.step == "Checkpoint" || record.errorCode == "SlowDown")
        #expect(bench.uploadsLeft == 1)
        #expect(bench.checkpoints.only?.attempt == "rival" && bench.checkpoints.only?.state == .running)
    }

    @Test func keepsItsHoldWhenTheReplyToAWriteWasLost() async throws {
        let bench = Bench()
        bench.putSource(parts: 6)
        // Each write is made, and every second one's reply lost: the next write finds another token than it knows.
        let checkpoints = bench.checkpoints
        let name = Checkpoint.name(of: bench.task)
        bench.store.onRequest { [unowned checkpoints] operation, _, state in
            if operation == "UploadPartCopy", let mine = checkpoints.only {
                checkpoints.set(mine, as: name, written: state.now)
            }
            return nil
        }
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.checkpoints.only?.state == .done)
    }
}
