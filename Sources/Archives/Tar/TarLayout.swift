/// Lays members out as a tar, cut into frames.
///
/// A member that fits into a frame is never cut: the frame before it ends early instead. A larger one begins a frame,
/// fills as many as it needs, and shares the last with what follows.
struct TarLayout: ArchiveLayout {
    private let frameSize: Int
    private let encoding: FrameEncoding
    private let level: Int
    private var frame = OpenFrame()
    private var current: MemberEntry?
    private var isCompressed = false
    private var bigMember: (frame: Int64, data: Int)?
    private var position: Int64 = 0
    private var idle: [ZstdCompressor] = []

    init(_ options: ArchiveOptions) {
        frameSize = options.frameSize
        switch options.format {
        case .tarGzip: encoding = .gzip
        case .tarZstd: encoding = .zstd
        default: encoding = .none
        }
        level = options.level ?? (encoding == .zstd ? 3 : 6)
    }

    mutating func begin(_ entry: MemberEntry) throws(ArchiveError) -> [FrameJob] {
        let header = TarHeader.bytes(for: entry.member, name: entry.name)
        let whole = Int64(header.count) + entry.member.size + Int64(TarHeader.padding(after: entry.member.size))
        let mustCut = !frame.bytes.isEmpty && Int64(frame.bytes.count) + whole > Int64(frameSize)
        let jobs = mustCut ? [cut()] : []
        current = entry
        isCompressed = Compressibility.isCompressed(entry.member)
        frame.bytes += header
        frame.parts.append(MemberPart(entry: entry, edge: .first, offset: frame.bytes.count))
        return jobs
    }

    mutating func write(_ bytes: ArraySlice<UInt8>) throws(ArchiveError) -> [FrameJob] {
        fill(with: bytes)
    }

    mutating func end(crc32: UInt32) throws(ArchiveError) -> [FrameJob] {
        guard var entry = current else { return [] }
        current = nil
        entry.crc32 = crc32
        if frame.parts.last?.edge == .first {
            frame.parts[frame.parts.count - 1].edge = [.first, .last]
            frame.parts[frame.parts.count - 1].entry = entry
        } else {
            frame.parts.append(MemberPart(entry: entry, edge: .last, offset: 0))
        }
        let padding = [UInt8](repeating: 0, count: TarHeader.padding(after: entry.member.size))
        return fill(with: padding[...])
    }

    mutating func finish() throws(ArchiveError) -> [FrameJob] {
        frame.bytes += TarHeader.end
        return [cut()]
    }

    mutating func place(_ frame: EncodedFrame) throws(ArchiveError) -> [ArchiveOutput] {
        if let compressor = frame.compressor { idle.append(compressor) }
        var output = [ArchiveOutput.bytes(frame.bytes)]
        for part in frame.parts {
            if part.edge.contains(.first) { bigMember = (position, part.offset) }
            guard part.edge.contains(.last), let start = bigMember else { continue }
            let end = position + Int64(frame.bytes.count)
            output.append(.member(stored(part.entry, from: start.frame, to: end, dataOffset: start.data)))
        }
        position += Int64(frame.bytes.count)
        return output
    }

    mutating func trailer() throws(ArchiveError) -> [ArchiveOutput] { [] }

    private func stored(_ entry: MemberEntry, from start: Int64, to end: Int64, dataOffset: Int) -> StoredMember {
        let size = entry.member.size
        let location =
            encoding == .none
            ? MemberLocation(
                frameOffset: start + Int64(dataOffset), frameLength: size, encoding: .none, dataOffset: 0,
                dataLength: size)
            : MemberLocation(
                frameOffset: start, frameLength: end - start, encoding: encoding, dataOffset: Int64(dataOffset),
                dataLength: size)
        return StoredMember(member: entry.member, name: entry.name, crc32: entry.crc32, location: location)
    }

    private mutating func fill(with bytes: ArraySlice<UInt8>) -> [FrameJob] {
        var jobs: [FrameJob] = []
        var rest = bytes
        while !rest.isEmpty {
            if frame.bytes.count >= frameSize { jobs.append(cut()) }
            let taken = rest.prefix(frameSize - frame.bytes.count)
            frame.bytes += taken
            if isCompressed { frame.compressedBytes += taken.count }
            rest = rest.dropFirst(taken.count)
        }
        return jobs
    }

    private mutating func cut() -> FrameJob {
        let done = frame
        frame = OpenFrame()
        frame.bytes.reserveCapacity(frameSize)
        switch encoding {
        case .zstd:
            return { [level, compressor = idle.popLast()] in
                let compressor = try compressor ?? ZstdCompressor(level: level)
                let bytes = try compressor.frame(done.bytes)
                return EncodedFrame(bytes: bytes, parts: done.parts, compressor: compressor)
            }
        case .gzip: return { [level] in EncodedFrame(bytes: try done.gzip(level: level), parts: done.parts) }
        case .none, .deflate: return { EncodedFrame(bytes: done.bytes, parts: done.parts) }
        }
    }
}

/// A frame that members are being added to.
private struct OpenFrame: Sendable {
    var bytes: [UInt8] = []
    var parts: [MemberPart] = []
    /// How many of the bytes belong to members that are compressed already.
    var compressedBytes = 0

    /// The frame's bytes as a member of a gzip file; what is compressed already is taken as it is. zstd tells that by
    /// itself, and is quick about it.
    func gzip(level: Int) throws(ArchiveError) -> [UInt8] {
        var isStored = compressedBytes > bytes.count / 10 * 9
        if !isStored { isStored = try Compressibility.trialFails(bytes) }
        return try DeflateCompressor(level: isStored ? 0 : level).gzip(bytes)
    }
}
