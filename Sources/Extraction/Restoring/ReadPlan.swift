internal import Archives

/// A member and where it goes.
struct PlannedMember: Sendable {
    var member: FoundMember
    var place: RestorePlace
}

/// What is read at once to restore members that lie close together: one ranged GET.
struct ReadRun: Sendable {
    /// Members that come out of the same bytes of the archive.
    struct Frame: Sendable {
        var range: Range<Int64>
        /// How the bytes are written; nil where the header in front of them says it.
        var encoding: FrameEncoding?
        var members: [PlannedMember]
    }

    /// What is read.
    var range: Range<Int64>
    /// The frames in it, in rising order.
    var frames: [Frame]

    /// All members, in order.
    var members: [PlannedMember] { frames.flatMap(\.members) }
}

/// Puts members, in the archive's order, together into runs.
struct ReadPlanner {
    private var run: ReadRun?
    private var count = 0

    /// A gap of so many bytes is read and thrown away, rather than paid for with another request: S3 takes some 20 ms to
    /// begin an answer, and gives a MiB in as long.
    static let largestGap: Int64 = 512 << 10
    /// A run ends when it has so many bytes, so that several are read at once.
    static let largestRun: Int64 = 8 << 20
    /// A run ends when it has so many members, however small they are.
    static let mostMembers = 4_096

    /// Adds a member that is in the archive.
    ///
    /// - Parameter frame: The bytes of the archive that it comes out of, and the member alone.
    /// - Returns: The run that ended before it; mostly none.
    mutating func add(_ frame: ReadRun.Frame) -> ReadRun? {
        count += frame.members.count
        guard var current = run, let last = current.frames.indices.last else { return begin(frame) }
        if current.frames[last].range == frame.range, current.frames[last].encoding == frame.encoding,
            frame.encoding != nil, frame.encoding != FrameEncoding.none, count <= Self.mostMembers
        {
            // In place, or each member would copy all those before it.
            run?.frames[last].members += frame.members
            return nil
        }
        let gap = frame.range.lowerBound - current.range.upperBound
        let length = frame.range.upperBound.subtractingReportingOverflow(current.range.lowerBound)
        guard (0...Self.largestGap).contains(gap), !length.overflow, length.partialValue <= Self.largestRun,
            count <= Self.mostMembers
        else { return begin(frame) }
        current = ReadRun(range: current.range.lowerBound..<frame.range.upperBound, frames: [])
        run?.range = current.range
        run?.frames.append(frame)
        return nil
    }

    /// The last run.
    mutating func finish() -> ReadRun? {
        defer { run = nil }
        return run
    }

    private mutating func begin(_ frame: ReadRun.Frame) -> ReadRun? {
        defer {
            run = ReadRun(range: frame.range, frames: [frame])
            count = frame.members.count
        }
        return run
    }
}

extension ReadRun.Frame {
    /// The bytes that a member comes out of.
    ///
    /// - Returns: nil for a member that is not in the archive, or is found only by reading all of it.
    /// - Throws: ``ExtractionError`` where it cannot be there.
    init?(_ planned: PlannedMember, archiveSize: Int64) throws(ExtractionError) {
        let member = planned.member
        switch member.place {
        case .object, .inPassing: return nil
        case .located(let location):
            guard location.isWithin(archiveSize), location.dataLength == member.size else {
                throw ExtractionError("\(member.key): the index places it outside of the archive", .damaged)
            }
            self.init(
                range: location.frameOffset..<(location.frameOffset + location.frameLength),
                encoding: location.encoding, members: [planned])
        case .behindHeader(let entry):
            // The header's own extra field may be longer than the directory's: what is missing is read after.
            let header = Int64(ZipEntry.headerSize + entry.name.utf8.count) + Self.usualExtraField
            let (length, overflow) = header.addingReportingOverflow(entry.compressedSize)
            guard !overflow, entry.headerOffset >= 0, entry.headerOffset <= archiveSize else {
                throw ExtractionError("\(member.key): the zip's directory places it outside of the zip", .damaged)
            }
            let end = min(archiveSize, entry.headerOffset.addingReportingOverflow(length).partialValue)
            self.init(range: entry.headerOffset..<max(end, entry.headerOffset), encoding: nil, members: [planned])
        }
    }

    /// Times and owner, as Info-ZIP writes them.
    private static let usualExtraField: Int64 = 28
}
