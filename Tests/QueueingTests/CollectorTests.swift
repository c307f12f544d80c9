import Manifests
import Testing

@testable import Queueing

@Suite struct CollectorTests {
    static let start = ContinuousClock.now

    static func task(_ number: Int, size: Int64? = 1) -> QueuedTask {
        QueuedTask(
            row: ManifestRow(bucket: "b", key: "k\(number)", size: size), receiptHandle: "h\(number)", receiveCount: 1)
    }

    static func lot(_ part: String = "") -> Lot { Lot(run: "r", settings: [:], bucket: "b", part: part) }

    static func collector(_ change: (inout BundleLimits) -> Void) -> Collector {
        var limits = BundleLimits()
        change(&limits)
        return Collector(limits)
    }

    @Test func aLotIsFullAtItsCount() {
        var collector = Self.collector { $0.count = 3 }
        #expect(collector.add(Self.task(1), to: Self.lot(), at: Self.start).isEmpty)
        #expect(collector.add(Self.task(2), to: Self.lot(), at: Self.start).isEmpty)
        let full = collector.add(Self.task(3), to: Self.lot(), at: Self.start)
        #expect(full.map { $0.tasks.map(\.receiptHandle) } == [["h1", "h2", "h3"]])
        #expect(collector.held == 0)
    }

    /// S3Bundler's groups went over the size by an object.
    @Test(
        arguments: [
            ([60, 30, 20], [[60, 30]], 1), ([60, 40], [[60, 40]], 0), ([500], [[500]], 0),
            ([60, 500], [[60], [500]], 0),
            ([0, 0, 0], [], 3), ([60, nil, 39], [], 3), ([Int64.max, Int64.max], [[Int64.max], [Int64.max]], 0),
        ] as [([Int64?], [[Int64?]], Int)])
    func noLotIsOverItsSizeButForOneObjectAlone(_ sizes: [Int64?], _ expected: [[Int64?]], _ held: Int) {
        var collector = Self.collector { $0.bytes = 100 }
        let full = sizes.enumerated().flatMap { number, size in
            collector.add(Self.task(number, size: size), to: Self.lot(), at: Self.start)
        }
        #expect(full.map { $0.tasks.map(\.row.size) } == expected)
        #expect(collector.held == held)
    }

    @Test func whatDiffersIsNotPutTogether() {
        var collector = Self.collector { $0.count = 2 }
        let lots = [
            Self.lot("20260101"), Self.lot("20260102"), Lot(run: "s", settings: [:], bucket: "b", part: "20260101"),
            Lot(run: "r", settings: ["S3HAUL_TO": "s3://x/"], bucket: "b", part: "20260101"),
            Lot(run: "r", settings: [:], bucket: "c", part: "20260101"),
        ]
        for (number, lot) in lots.enumerated() {
            #expect(collector.add(Self.task(number), to: lot, at: Self.start).isEmpty)
        }
        #expect(collector.held == 5)
        #expect(Set(lots.map(\.name)).count == 5)
        #expect(collector.add(Self.task(9), to: lots[1], at: Self.start).map(\.lot) == [lots[1]])
    }

    @Test func whatHasWaitedLongEnoughGoes() {
        var collector = Self.collector { $0.age = .seconds(60) }
        _ = collector.add(Self.task(1), to: Self.lot("a"), at: Self.start)
        _ = collector.add(Self.task(2), to: Self.lot("b"), at: Self.start + .seconds(30))
        _ = collector.add(Self.task(3), to: Self.lot("a"), at: Self.start + .seconds(59))
        #expect(collector.takeDue(at: Self.start + .seconds(59)).isEmpty)
        #expect(collector.takeDue(at: Self.start + .seconds(60)).map(\.tasks.count) == [2])
        #expect(collector.takeAll().map(\.lot.part) == ["b"])
        #expect(collector.held == 0)
    }

    @Test func noMoreIsHeldThanTheLimit() {
        var collector = Self.collector { $0.held = 10 }
        var most = 0
        var full: [Collector.Collected] = []
        for number in 0..<100 {
            let lot = Self.lot("\(number % 7)")
            full += collector.add(Self.task(number), to: lot, at: Self.start)
            most = max(most, collector.held)
        }
        #expect(most < 10)
        #expect(full.reduce(collector.held) { $0 + $1.tasks.count } == 100)
    }
}
