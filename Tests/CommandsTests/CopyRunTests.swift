import Console
import FoundationEssentials
import Jobs
import Manifests
import S3
import Testing

@testable import Commands

@Suite struct CopyRunTests {
    private static func source(_ manifest: String) -> TaskSource {
        var chunks = [Array(manifest.utf8)][...]
        let reader = ManifestReader(ManifestParser(name: "m", format: .keys, bucket: "a")) { chunks.popFirst() }
        return TaskSource(reader, DestinationNaming(below: ObjectPrefix(bucket: "b", prefix: "")))
    }

    private static func record(_ work: CopyWork, _ outcome: TaskRecord.Outcome) -> TaskRecord {
        var record = TaskRecord(
            run: "r", source: work.task.source, destination: work.task.destination, outcome: outcome)
        record.size = 10
        return record
    }

    private func run(
        _ manifest: String, concurrency: Int = 3, record: @escaping (TaskRecord) throws -> Void = { _ in },
        copy: @escaping @Sendable (CopyWork) async -> TaskRecord
    ) async throws -> (isComplete: Bool, totals: CopyTotals) {
        let meter = CopyMeter(total: nil)
        let run = CopyRun(
            concurrency: concurrency, copy: copy, meter: meter, reporter: Reporter(.standardError))
        let isComplete = try await run.run(Self.source(manifest), record: record)
        return (isComplete, await meter.totals)
    }

    /// Counts how many copies are under way at once.
    actor Traffic {
        private(set) var most = 0
        private var now = 0
        func enter() {
            now += 1
            most = max(most, now)
        }
        func leave() { now -= 1 }
    }

    @Test func copiesEveryObjectAndNoMoreThanAllowedAtATime() async throws {
        let traffic = Traffic()
        var keys: [String] = []
        let manifest = (0..<100).map { "k\($0)\n" }.joined()
        let (isComplete, totals) = try await run(manifest, record: { keys.append($0.source.key) }) { work in
            await traffic.enter()
            await Task.yield()
            await traffic.leave()
            return Self.record(work, .copied)
        }
        #expect(isComplete)
        #expect(totals.copied == 100)
        #expect(totals.bytes == 1_000)
        #expect(keys.sorted() == (0..<100).map { "k\($0)" }.sorted())
        #expect(await (1...3).contains(traffic.most))
    }

    @Test func goesOnAfterAFailedObject() async throws {
        let (isComplete, totals) = try await run("a\nb\nc\n") {
            Self.record($0, $0.task.source.key == "b" ? .failed : .copied)
        }
        #expect(isComplete)
        #expect((totals.copied, totals.failed) == (2, 1))
        #expect(totals.exitCode(isComplete: true) == .someFailed)
    }

    @Test func finishesWhatIsUnderWayBeforeItFailsOnABadRow() async throws {
        var records = 0
        await #expect(throws: ManifestError.self) {
            _ = try await run("a\nb\n\(String(repeating: "k", count: 1_025))\n", record: { _ in records += 1 }) {
                Self.record($0, .copied)
            }
        }
        #expect(records == 0 || records == 2)
    }

    @Test func stopsWhenItsTaskIsCancelled() async throws {
        let (isComplete, totals) = try await Task {
            try await run((0..<100).map { "k\($0)\n" }.joined(), concurrency: 1) { work in
                if work.task.source.key == "k9" { withUnsafeCurrentTask { $0?.cancel() } }
                return Self.record(work, work.task.source.key == "k9" ? .interrupted : .copied)
            }
        }.value
        #expect(totals.copied >= 9)
        #expect(isComplete || totals.objects < 100)
    }

    @Test(arguments: [
        (CopyTotals(copied: 1, bytes: 10), true, ExitCode.success), (CopyTotals(unchanged: 1), true, .success),
        (CopyTotals(failed: 1), true, .someFailed), (CopyTotals(failed: 1, interrupted: 1), true, .tryAgain),
        (CopyTotals(copied: 1), false, .tryAgain), (CopyTotals(), true, .success),
    ])
    func endsWithTheRightCode(_ totals: CopyTotals, _ isComplete: Bool, _ code: ExitCode) {
        #expect(totals.exitCode(isComplete: isComplete) == code)
    }

    @Test(arguments: [
        (CopyTotals(copied: 1, bytes: 10), false, "copied 1 object, 10 B, in 2 s"),
        (
            CopyTotals(copied: 2_000, unchanged: 3, failed: 4, interrupted: 5, bytes: 1 << 30), false,
            "copied 2,000 objects, 1 GiB, in 2 s; 3 already there; 4 failed; 5 interrupted"
        ),
        (CopyTotals(planned: 2, bytes: 10), true, "would copy 2 objects, 10 B"),
        (CopyTotals(planned: 2, failed: 1), true, "would copy 2 objects, 0 B; 1 cannot be copied"),
    ])
    func summarises(_ totals: CopyTotals, _ isDryRun: Bool, _ line: String) {
        #expect(totals.summary(seconds: 2, isDryRun: isDryRun) == line)
    }

    @Test func tellsAllOfAFailureOnOneLine() {
        var record = TaskRecord(
            run: "r", source: ObjectReference(bucket: "a", key: "k"), destination: nil, outcome: .failed)
        record.step = "HeadObject"
        record.message = "no such object"
        #expect(record.failureLine == "s3://a/k: HeadObject: no such object")
        record.message = "HeadObject s3://a/k: AccessDenied (request id R1)"
        record.advice = "allow it"
        #expect(record.failureLine == "HeadObject s3://a/k: AccessDenied (request id R1); allow it")
    }

    @Test func showsBytesAsTheyMoveAndCountsThemOnce() async {
        let moving = BytesUnderWay()
        let meter = CopyMeter(total: nil, moving: moving)
        let destination = ObjectReference(bucket: "b", key: "k")
        moving.add(4, of: destination)
        moving.add(4, of: destination)
        moving.add(1, of: ObjectReference(bucket: "b", key: "other"))
        #expect(await meter.progress.bytes == 9)
        var record = TaskRecord(run: "r", source: destination, destination: destination, outcome: .copied)
        record.size = 10
        record.destination?.versionId = "v"
        _ = await meter.add(record)
        #expect(await meter.progress.bytes == 11)
        #expect(await meter.totals.bytes == 10)
    }

    @Test func writesRecordsAsLines() async throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/s3haul-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            let writer = try RecordWriter(.file(path), name: "r", try Session(connectionsPerHost: 1))
            for key in ["a", "b\nc"] {
                let source = ObjectReference(bucket: "a", key: key)
                try await writer.write(TaskRecord(run: "r", source: source, destination: nil, outcome: .copied))
            }
            try await writer.finish()
        }
        let lines = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        #expect(
            lines == #"""
                {"outcome":"copied","run":"r","schema":1,"source":{"bucket":"a","key":"a"}}
                {"outcome":"copied","run":"r","schema":1,"source":{"bucket":"a","key":"b\nc"}}

                """#)
    }
}
