internal import Archives
internal import HTTPTransport
internal import S3

/// Restores members of an archive, many at a time; one that fails stops no other.
public struct Restorer: Sendable {
    private let archive: Archive
    private let target: any RestoreTarget
    private let concurrency: Int
    private let isDryRun: Bool
    private let thawing: Thawing?

    private let frames = ByteBudget(Self.memory)

    /// So many runs are read at a time unless something is said. Each holds a frame and what it decodes to, mostly about
    /// 3 MiB, and a connection.
    public static let standardConcurrency = 16
    /// Frames and what they decode to are at most so many bytes, all runs together; so are small members of a tar that is
    /// read through. What a target holds comes to that.
    static let memory = 64 << 20

    /// Makes a restorer.
    ///
    /// - Parameters:
    ///   - archive: The archive.
    ///   - target: Where its members go.
    ///   - concurrency: How many ranges of it are read at a time.
    ///   - isDryRun: Whether members are only said.
    ///   - thawing: How to ask for objects beside the archive in a cold storage class; nil for not at all.
    public init(
        _ archive: Archive, to target: any RestoreTarget, concurrency: Int = standardConcurrency,
        isDryRun: Bool = false,
        thawing: Thawing? = nil
    ) {
        self.archive = archive
        self.target = target
        self.concurrency = max(concurrency, 1)
        self.isDryRun = isDryRun
        self.thawing = thawing
    }

    /// Restores what is selected.
    ///
    /// - Parameters:
    ///   - selection: What.
    ///   - record: Takes what became of each member, in no order.
    /// - Returns: Whether the archive was gone through to its end.
    /// - Throws: What `record` throws, or ``ExtractionError`` where the archive cannot be read on.
    public func run(_ selection: Selection, record: (RestoredMember) async throws -> Void) async throws -> Bool {
        let list = try await archive.members()
        var source = WorkSource(
            list, selection, target: target, archiveSize: archive.bytes?.size, isDryRun: isDryRun,
            largestHeld: min(1 << 20, Int64(Self.memory / concurrency)))
        let isComplete = try await concurrently(concurrency) {
            while let work = try await source.next() {
                guard case .streamed(let planned) = work, let walk = list.walk else { return work }
                try await record(await planned.deliver(to: target) { PassingMember(walk) })
            }
            return nil
        } carryOut: { [self] work in
            await carryOut(work)
        } record: { members in
            for member in members { try await record(member) }
        }
        if isComplete { for key in source.missing { try await record(RestoredMember(missing: key)) } }
        return isComplete
    }

    private func carryOut(_ work: Work) async -> [RestoredMember] {
        switch work {
        case .settled(let members): return members
        case .run(let run):
            do {
                return await RunReader(archive: try archive.present(), target: target, memory: frames).restore(run)
            } catch {
                return run.members.map { RestoredMember($0.member, $0.place, error) }
            }
        case .held(let planned, let data): return [await planned.deliver(data[...], to: target)]
        case .streamed: return []
        case .folder(let planned):
            do {
                try await target.makeFolder(planned.place)
                return [RestoredMember(planned.member, planned.place, target.outcome)]
            } catch {
                return [RestoredMember(planned.member, planned.place, error)]
            }
        case .object(let planned, let object): return [await restore(planned, from: object)]
        }
    }

    /// Restores a member that is an object of its own.
    private func restore(_ planned: PlannedMember, from object: ObjectReference) async -> RestoredMember {
        let (member, place) = (planned.member, planned.place)
        do {
            let asksForChecksum = member.entry?.copyChecksum != nil
            guard let bytes = try await StoredBytes(object, archive.s3, withChecksum: asksForChecksum) else {
                throw ExtractionError("\(member.key): its object \(object) is not there")
            }
            let proof = try CopyProof.of(bytes, member)
            guard target.readsObjects else {
                var looked = RestoredMember(member, place, target.outcome)
                looked.proof = proof
                return looked
            }
            try await archive.requireReadable(bytes, thawing)
            if let copied = await target.copy(member, from: object, eTag: bytes.head.eTag, to: place) { return copied }
            let source = target.readsSources ? try await CopyProof.source(of: member, archive.s3) : nil
            return await planned.deliver(to: target) { ObjectPieces(try await bytes.reader(), comparing: source) }
        } catch {
            return RestoredMember(member, place, error)
        }
    }
}

/// What one task does.
enum Work: Sendable {
    /// Nothing is to be done any more.
    case settled([RestoredMember])
    case run(ReadRun)
    case folder(PlannedMember)
    /// A small member of a tar that is read through.
    case held(PlannedMember, [UInt8])
    /// A large one: its bytes must be taken before the walk goes on.
    case streamed(PlannedMember)
    /// A member that is an object of its own.
    case object(PlannedMember, ObjectReference)
}

/// The bytes of the member at which a walk through a tar stands.
private final class PassingMember: MemberPieces {
    private let walk: TarWalk

    init(_ walk: TarWalk) { self.walk = walk }

    func next() async throws -> ArraySlice<UInt8>? { try await walk.nextData() }
}
