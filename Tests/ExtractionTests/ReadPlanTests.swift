import Archives
import Testing

@testable import Extraction

@Suite struct ReadPlanTests {
    private static let archiveSize: Int64 = 1 << 30

    private static func member(_ key: String, _ location: MemberLocation) throws -> FoundMember {
        var entry = IndexEntry(bucket: "b", key: key, size: location.dataLength, archive: "s3://a/x")
        entry.location = location
        return try FoundMember(entry)
    }

    private static func runs(_ locations: [MemberLocation]) throws -> [ReadRun] {
        var planner = ReadPlanner()
        var runs: [ReadRun] = []
        for (number, location) in locations.enumerated() {
            let planned = PlannedMember(member: try member("\(number)", location), place: RestorePlace(text: ""))
            let frame = try #require(try ReadRun.Frame(planned, archiveSize: archiveSize))
            if let run = planner.add(frame) { runs.append(run) }
        }
        if let last = planner.finish() { runs.append(last) }
        return runs
    }

    private static func stored(at offset: Int64, _ length: Int64) -> MemberLocation {
        MemberLocation(frameOffset: offset, frameLength: length, encoding: .none, dataOffset: 0, dataLength: length)
    }

    private static func zipped(at offset: Int64, _ length: Int64, data: Int64) -> MemberLocation {
        MemberLocation(frameOffset: offset, frameLength: length, encoding: .gzip, dataOffset: data, dataLength: 10)
    }

    @Test func membersOfOneFrameAreReadOnce() throws {
        let runs = try Self.runs([0, 512, 1_536].map { Self.zipped(at: 100, 50, data: $0) })
        #expect(runs.map(\.range) == [100..<150])
        #expect(runs.map { $0.frames.map(\.members.count) } == [[3]])
    }

    @Test(
        arguments: [
            ("neighbours, with a header between", [(0, 100), (1_000, 100)], 1),
            ("the largest gap", [(0, 100), (100 + ReadPlanner.largestGap, 100)], 1),
            ("too large a gap", [(0, 100), (101 + ReadPlanner.largestGap, 100)], 2),
            ("backwards", [(1_000, 100), (0, 100)], 2),
            ("overlapping", [(0, 100), (50, 100)], 2),
            ("as large as a run", [(0, 4 << 20), (4 << 20, 4 << 20)], 1),
            ("larger than a run", [(0, 4 << 20), (4 << 20, 4 << 20), (8 << 20, 1)], 2),
            ("one larger than a run", [(0, 100 << 20), (100 << 20, 1)], 2),
            ("empty members", [(5, 0), (5, 0), (6, 0)], 1),
        ] as [(String, [(Int64, Int64)], Int)])
    func runsEndWhereAnotherRequestIsCheaper(_ label: String, _ places: [(Int64, Int64)], _ count: Int) throws {
        let runs = try Self.runs(places.map { Self.stored(at: $0.0, $0.1) })
        #expect(runs.count == count)
        #expect(runs.flatMap(\.members).map(\.member.key) == places.indices.map { "\($0)" })
    }

    @Test func aRunHasNoMoreMembersThanAre() throws {
        let runs = try Self.runs((0..<10_000).map { Self.stored(at: Int64($0), 1) })
        #expect(runs.allSatisfy { $0.members.count <= ReadPlanner.mostMembers })
        #expect(runs.flatMap(\.members).count == 10_000)
    }

    @Test(arguments: [
        MemberLocation(frameOffset: -1, frameLength: 10, encoding: .none, dataOffset: 0, dataLength: 10),
        MemberLocation(frameOffset: 0, frameLength: -10, encoding: .none, dataOffset: 0, dataLength: 10),
        MemberLocation(frameOffset: 1 << 30, frameLength: 1, encoding: .none, dataOffset: 0, dataLength: 10),
        MemberLocation(frameOffset: .max, frameLength: .max, encoding: .gzip, dataOffset: 0, dataLength: 10),
        MemberLocation(frameOffset: 0, frameLength: 10, encoding: .gzip, dataOffset: .min, dataLength: 10),
    ])
    func aPlaceOutsideOfTheArchiveIsAnError(_ location: MemberLocation) throws {
        let planned = PlannedMember(member: try Self.member("k", location), place: RestorePlace(text: ""))
        #expect(throws: ExtractionError.self) { try ReadRun.Frame(planned, archiveSize: Self.archiveSize) }
    }
}
