import HTTPTransport
import Jobs
import S3
import Testing
import Transfer

@Suite struct ListedCopyTests {
    /// A run over what was copied before, with what changed in between.
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var outcome: TaskRecord.Outcome
        var requests: [String]
        var settings: @Sendable (inout CopySettings) -> Void = { _ in }
        var source: @Sendable (inout ListedObject) -> Void = { _ in }
        var destination: @Sendable (inout ListedObject) -> Void = { _ in }
    }

    private static let look = ["HeadObject", "HeadObject"]

    static let rows: [Row] = [
        Row(testDescription: "nothing", outcome: .unchanged, requests: []),
        Row(
            testDescription: "written in the second of the copy", outcome: .unchanged, requests: look,
            source: { $0.lastModified = ($0.lastModified ?? 0) + 5 }),
        Row(
            testDescription: "no time is told", outcome: .unchanged, requests: look,
            destination: { $0.lastModified = nil }),
        Row(
            testDescription: "encrypted so that its ETag is another", outcome: .unchanged, requests: look,
            destination: { $0.eTag = "0123456789abcdef0123456789abcdef" }),
        Row(
            testDescription: "a store whose ETags are no digests", outcome: .unchanged, requests: look,
            source: { $0.eTag = "1" }, destination: { $0.eTag = "1" }),
        Row(
            testDescription: "another size", outcome: .copied, requests: ["CopyObject"],
            destination: { $0.size = 9 }),
        Row(
            testDescription: "another class is wanted", outcome: .copied, requests: look + ["CopyObject"],
            settings: { $0.storageClass = "STANDARD_IA" }),
        Row(
            testDescription: "another encryption is wanted", outcome: .copied, requests: look + ["CopyObject"],
            settings: { $0.kmsKeyId = "1234abcd-12ab-34cd-56ef-1234567890ab" }),
        Row(
            testDescription: "an ACL is wanted", outcome: .copied, requests: look + ["CopyObject"],
            settings: { $0.acl = "private" }),
        Row(
            testDescription: "other metadata is wanted", outcome: .copied, requests: look + ["CopyObject"],
            settings: { $0.metadata = .replace(["a": "b"]) }),
        Row(
            testDescription: "nothing may be replaced, and it is newer", outcome: .unchanged, requests: [],
            settings: { $0.overwrites = false }, source: { $0.lastModified = ($0.lastModified ?? 0) + 5 }),
    ]

    @Test(arguments: rows) func leavesWhatIsCopied(_ row: Row) async {
        var bench = Bench()
        bench.store.put(bench.source, size: 10)
        bench.store.state.withLock { $0.now += 5 }
        #expect(await bench.copy().outcome == .copied)
        let before = bench.store.log.count
        row.settings(&bench.settings)
        var source = bench.listed(bench.source)
        row.source(&source)
        var destination = bench.listed(bench.destination)
        row.destination(&destination)
        let record = await bench.engine.copyListed(bench.task, source: source, destination: destination)
        #expect(record.outcome == row.outcome)
        #expect(Array(bench.store.log.dropFirst(before)) == row.requests)
        #expect(record.proof == .eTag && record.size == 10 && record.sourceETag != nil)
    }

    @Test func leavesALargeObjectThatIsCopiedWithoutARequest() async {
        let bench = Bench()
        bench.putSource(parts: 6)
        bench.store.state.withLock { $0.now += 5 }
        #expect(await bench.copy().outcome == .copied)
        let before = bench.store.log.count
        let source = bench.listed(bench.source)
        let destination = bench.listed(bench.destination)
        let record = await bench.engine.copyListed(bench.task, source: source, destination: destination)
        let plan = await bench.engine.planListed(bench.task, source: source, destination: destination)
        #expect(record.outcome == .unchanged && record.requests == 0)
        #expect(plan.outcome == .unchanged)
        #expect(bench.store.log.count == before)
    }
}
