internal import Archives

/// Turns the members of an archive, as they are listed, into work.
struct WorkSource {
    private var members: SelectedMembers
    private let walk: TarWalk?
    private let target: any RestoreTarget
    private let archiveSize: Int64?
    private let isDryRun: Bool
    private var planner = ReadPlanner()
    private var ready: [Work] = []
    private var isAtEnd = false

    /// Members of a tar that is read through are held in memory up to this size, so that many are written at a time.
    private let largestHeld: Int64
    /// Members with nothing to do are handed on in lots.
    private static let lot = 1_000
    private var settled: [RestoredMember] = []

    init(
        _ list: MemberList, _ selection: Selection, target: any RestoreTarget, archiveSize: Int64?, isDryRun: Bool,
        largestHeld: Int64
    ) {
        walk = list.walk
        members = list.selected(selection)
        self.target = target
        self.archiveSize = archiveSize
        self.isDryRun = isDryRun
        self.largestHeld = largestHeld
    }

    /// The keys that were asked for and did not come by.
    var missing: [String] { members.missing }

    /// The next work; nil at the end.
    mutating func next() async throws -> Work? {
        while ready.isEmpty, !isAtEnd {
            if let member = try await members.next() {
                try await take(member)
            } else {
                isAtEnd = true
            }
            if settled.count >= Self.lot || isAtEnd { settle() }
            if isAtEnd, let run = planner.finish() { ready.append(.run(run)) }
        }
        return ready.isEmpty ? nil : ready.removeFirst()
    }

    private mutating func settle() {
        if !settled.isEmpty { ready.append(.settled(settled)) }
        settled = []
    }

    private mutating func take(_ member: FoundMember) async throws {
        var place: RestorePlace?
        do {
            let claimed = try target.claim(member)
            place = claimed
            if archiveSize == nil, case .located = member.place {
                throw ExtractionError("\(member.key): the archive that it is in is not there")
            }
            let planned = PlannedMember(member: member, place: claimed)
            guard !isDryRun else {
                settled.append(RestoredMember(member, claimed, .planned))
                return
            }
            if let work = try await work(planned) { ready.append(work) }
        } catch let error as ExtractionError where error.code != .transient {
            settled.append(RestoredMember(member, place, error))
        }
    }

    private mutating func work(_ planned: PlannedMember) async throws -> Work? {
        if planned.member.kind == .folder { return .folder(planned) }
        if case .object(let object) = planned.member.place { return .object(planned, object) }
        if let archiveSize, let frame = try ReadRun.Frame(planned, archiveSize: archiveSize) {
            return planner.add(frame).map { .run($0) }
        }
        guard let walk else { return nil }
        guard planned.member.size <= largestHeld else { return .streamed(planned) }
        var data: [UInt8] = []
        while let piece = try await walk.nextData() { data += piece }
        return .held(planned, data)
    }
}
