internal import Archives

/// Restores the members of one run.
struct RunReader {
    let archive: any ArchiveBytes
    let target: any RestoreTarget
    /// What frames and what they decode to are held in.
    let memory: ByteBudget

    /// A frame of more bytes, or whose member has more, is not held in memory.
    private static let largestFrame: Int64 = 8 << 20

    /// Restores all members of the run; what goes wrong with one is in what is returned of it.
    func restore(_ run: ReadRun) async -> [RestoredMember] {
        let window = ByteWindow(archive, planned: run.range)
        var restored: [RestoredMember] = []
        for frame in run.frames {
            do {
                restored += try await restore(frame, window)
            } catch {
                restored += frame.members.map { RestoredMember($0.member, $0.place, error) }
            }
        }
        return restored
    }

    private func restore(_ frame: ReadRun.Frame, _ window: ByteWindow) async throws -> [RestoredMember] {
        var located = frame.members.compactMap { planned -> (PlannedMember, MemberLocation)? in
            guard case .located(let location) = planned.member.place else { return nil }
            return (planned, location)
        }
        for planned in frame.members {
            guard case .behindHeader(let entry) = planned.member.place else { continue }
            let end = entry.headerOffset.addingReportingOverflow(Int64(ZipEntry.headerSize))
            guard !end.overflow else { continue }
            located.append(
                (planned, try entry.location(header: try await window.take(entry.headerOffset..<end.partialValue))))
        }
        let ends = located.map { $1.dataOffset.addingReportingOverflow($1.dataLength) }
        let end = ends.map { $0.overflow ? .max : $0.partialValue }.max() ?? 0
        guard let first = located.first?.1, first.frameLength <= Self.largestFrame, end <= Self.largestFrame else {
            return await stream(located, window)
        }
        let taken = await memory.take(Int(first.frameLength + end))
        do {
            let restored = try await deliver(located, first, end, window)
            await memory.give(taken)
            return restored
        } catch {
            await memory.give(taken)
            throw error
        }
    }

    /// Restores members out of a frame that is held in memory.
    private func deliver(
        _ located: [(PlannedMember, MemberLocation)], _ first: MemberLocation, _ end: Int64, _ window: ByteWindow
    ) async throws -> [RestoredMember] {
        let bytes = try await window.take(first.frameOffset..<(first.frameOffset + first.frameLength))
        let decoded = try WholeFrameDecoder().decode(bytes, first.encoding, wanting: Int(end))
        var restored: [RestoredMember] = []
        for (planned, location) in located {
            let data = decoded.dropFirst(Int(location.dataOffset)).prefix(Int(location.dataLength))
            restored.append(await planned.deliver(data, to: target))
        }
        return restored
    }

    /// Restores members one by one without holding them: the first out of the run, others by a request each.
    private func stream(
        _ members: [(PlannedMember, MemberLocation)], _ window: ByteWindow
    ) async -> [RestoredMember] {
        var restored: [RestoredMember] = []
        for (position, (planned, location)) in members.enumerated() {
            let frame = location.frameOffset..<(location.frameOffset + location.frameLength)
            let source = position == 0 ? window : ByteWindow(archive, planned: frame)
            restored.append(
                await planned.deliver(to: target) {
                    try StreamedMember(location, crc32: planned.member.crc32, source)
                })
        }
        return restored
    }
}

/// Gives the bytes of a member piece by piece.
protocol MemberPieces: AnyObject {
    /// The next piece; nil when all were given.
    func next() async throws -> ArraySlice<UInt8>?
}

/// A member that is decoded as its frame is read.
private final class StreamedMember: MemberPieces {
    private let window: ByteWindow
    private let end: Int64
    private let start: Int64
    private var reader: MemberReader
    private var input: ArraySlice<UInt8> = []
    private var hasBegun = false

    init(_ location: MemberLocation, crc32: UInt32?, _ window: ByteWindow) throws {
        self.window = window
        start = location.frameOffset
        end = location.frameOffset + location.frameLength
        reader = try MemberReader(location, crc32: crc32)
    }

    func next() async throws -> ArraySlice<UInt8>? {
        if !hasBegun { try await window.skip(to: start) }
        hasBegun = true
        while !reader.isComplete {
            let piece = try reader.read(&input)
            if !piece.isEmpty { return piece[...] }
            if !input.isEmpty { continue }
            guard let bytes = try await window.piece(upTo: end) else { break }
            input = bytes
        }
        try reader.finish()
        return nil
    }
}

/// A member whose bytes are in memory.
private final class HeldMember: MemberPieces {
    private var data: ArraySlice<UInt8>?

    init(_ data: ArraySlice<UInt8>) { self.data = data }

    func next() -> ArraySlice<UInt8>? {
        defer { data = nil }
        return data
    }
}

extension PlannedMember {
    /// Restores the member from its bytes.
    func deliver(_ data: ArraySlice<UInt8>, to target: any RestoreTarget) async -> RestoredMember {
        await deliver(to: target) { HeldMember(data) }
    }

    /// Restores the member piece by piece: it is seen only once all its bytes are known to be right.
    func deliver(to target: any RestoreTarget, _ open: () async throws -> any MemberPieces) async -> RestoredMember {
        do {
            let pieces = try await open()
            let sink = try await target.sink(member, place)
            do {
                var check = MemberCheck(member)
                while let piece = try await pieces.next() {
                    check.update(piece)
                    try await sink.write(piece)
                }
                try check.finish()
                return RestoredMember(member, place, try await sink.commit() ? target.outcome : .unchanged)
            } catch {
                await sink.discard()
                throw error
            }
        } catch {
            return RestoredMember(member, place, error)
        }
    }
}
