/// Lays members out as a zip.
///
/// Members that fit into a frame are compressed together in batches, each for itself, with sizes and checksum in their
/// headers. A larger one is compressed in pieces of a frame's size that make one deflate stream, and its checksum and
/// compressed size follow in a data descriptor. What is compressed already is stored.
struct ZipLayout: ArchiveLayout {
    private let frameSize: Int
    private let level: Int
    private var batch = ZipBatch()
    private var big: BigMember?
    private var placed = PlacedMember()
    private var position: UInt64 = 0
    private var directory: [[UInt8]] = []
    private var memberCount: UInt64 = 0

    init(_ options: ArchiveOptions) {
        frameSize = options.frameSize
        level = options.level ?? 6
    }

    mutating func begin(_ entry: MemberEntry) throws(ArchiveError) -> [FrameJob] {
        // Name and key share fields of 65,535 bytes with the other extras.
        guard entry.name.utf8.count <= 65_000, entry.member.key.utf8.count <= 65_000 else {
            throw ArchiveError(.tooLarge, "\(entry.member.key): the name is too long for a zip", at: Int64(position))
        }
        let isBig = entry.member.size > Int64(frameSize)
        let isFull = isBig || Int64(batch.bytes.count) + entry.member.size > Int64(frameSize)
        let jobs = isFull || batch.members.count == Self.largestBatch ? cutBatch() : []
        if isBig {
            big = BigMember(entry: entry)
        } else {
            batch.members.append(ZipBatch.Member(entry: entry, start: batch.bytes.count))
        }
        return jobs
    }

    mutating func write(_ bytes: ArraySlice<UInt8>) throws(ArchiveError) -> [FrameJob] {
        guard big != nil else {
            batch.bytes += bytes
            return []
        }
        var jobs: [FrameJob] = []
        var rest = bytes
        while !rest.isEmpty {
            let held = big?.bytes.count ?? 0
            if held >= frameSize { jobs += try cutPiece(isLast: false) }
            let taken = rest.prefix(held >= frameSize ? frameSize : frameSize - held)
            big?.bytes += taken
            rest = rest.dropFirst(taken.count)
        }
        return jobs
    }

    mutating func end(crc32: UInt32) throws(ArchiveError) -> [FrameJob] {
        guard big != nil else {
            batch.members[batch.members.count - 1].entry.crc32 = crc32
            return []
        }
        big?.entry.crc32 = crc32
        let jobs = try cutPiece(isLast: true)
        big = nil
        return jobs
    }

    mutating func finish() throws(ArchiveError) -> [FrameJob] { cutBatch() }

    mutating func place(_ frame: EncodedFrame) throws(ArchiveError) -> [ArchiveOutput] {
        var output = [ArchiveOutput.bytes(frame.bytes)]
        for part in frame.parts {
            if part.edge.contains(.first) {
                placed = PlacedMember(dataOffset: position + UInt64(part.offset), compressed: 0)
            }
            placed.compressed += UInt64(part.length)
            guard part.edge.contains(.last) else { continue }
            let isWhole = part.edge.contains(.first)
            let sizes = ZipRecord.Sizes(
                crc32: part.entry.crc32, compressed: placed.compressed, uncompressed: UInt64(part.entry.member.size))
            if !isWhole {
                let descriptor = ZipRecord.descriptor(part.entry, sizes)
                output.append(.bytes(descriptor))
                position += UInt64(descriptor.count)
            }
            let headerOffset = placed.dataOffset - UInt64(part.entry.headerLength)
            remember(
                ZipRecord.directoryEntry(part.entry, sizes, offset: headerOffset, hasDescriptor: !isWhole))
            output.append(.member(stored(part.entry)))
        }
        position += UInt64(frame.bytes.count)
        return output
    }

    mutating func trailer() throws(ArchiveError) -> [ArchiveOutput] {
        let size = directory.reduce(0) { $0 + UInt64($1.count) }
        let end = ZipRecord.end(members: memberCount, directoryOffset: position, directorySize: size)
        return (directory + [end]).map { .bytes($0) }
    }

    private func stored(_ entry: MemberEntry) -> StoredMember {
        StoredMember(
            member: entry.member, name: entry.name, crc32: entry.crc32,
            location: MemberLocation(
                frameOffset: Int64(placed.dataOffset), frameLength: Int64(placed.compressed),
                encoding: entry.isDeflated ? .deflate : .none, dataOffset: 0, dataLength: entry.member.size))
    }

    private mutating func remember(_ entry: [UInt8]) {
        memberCount += 1
        if let last = directory.last, last.count < 256 << 10 {
            directory[directory.count - 1] += entry
        } else {
            directory.append(entry)
        }
    }

    private mutating func cutBatch() -> [FrameJob] {
        guard !batch.members.isEmpty else { return [] }
        let done = batch
        batch = ZipBatch()
        return [{ [level] in try done.encoded(level: level) }]
    }

    private mutating func cutPiece(isLast: Bool) throws(ArchiveError) -> [FrameJob] {
        guard var piece = big else { return [] }
        if piece.isFirst {
            if level > 0 {
                piece.entry.isDeflated = try Compressibility.isWorthwhile(piece.entry.member, piece.bytes)
            }
            piece.entry.headerLength = ZipRecord.localHeaderBeforeDescriptor(piece.entry).count
        }
        big = BigMember(entry: piece.entry, isFirst: false)
        return [{ [level, piece] in try piece.encoded(isLast: isLast, level: level) }]
    }

    private static let largestBatch = 1_024

    /// The member whose parts are being put into the archive.
    private struct PlacedMember {
        var dataOffset: UInt64 = 0
        var compressed: UInt64 = 0
    }
}

/// Members that are compressed in one job, each for itself.
private struct ZipBatch: Sendable {
    struct Member: Sendable {
        var entry: MemberEntry
        var start: Int
    }

    var members: [Member] = []
    var bytes: [UInt8] = []

    func encoded(level: Int) throws(ArchiveError) -> EncodedFrame {
        let compressor = try DeflateCompressor(level: level)
        var frame = EncodedFrame(bytes: [], parts: [])
        for member in members {
            var entry = member.entry
            let plain = Array(bytes[member.start..<(member.start + Int(entry.member.size))])
            var data = plain
            if level > 0, try Compressibility.isWorthwhile(entry.member, plain) {
                let deflated = compressor.deflate(plain)
                entry.isDeflated = deflated.count < plain.count
                if entry.isDeflated { data = deflated }
            }
            let sizes = ZipRecord.Sizes(
                crc32: entry.crc32, compressed: UInt64(data.count), uncompressed: UInt64(plain.count))
            let header = ZipRecord.localHeader(entry, sizes)
            entry.headerLength = header.count
            frame.bytes += header
            frame.parts.append(
                MemberPart(entry: entry, edge: [.first, .last], offset: frame.bytes.count, length: data.count))
            frame.bytes += data
        }
        return frame
    }
}

/// A member that is compressed in pieces, and the piece that is being filled.
private struct BigMember: Sendable {
    var entry: MemberEntry
    var isFirst = true
    var bytes: [UInt8] = []

    func encoded(isLast: Bool, level: Int) throws(ArchiveError) -> EncodedFrame {
        var data = bytes
        if entry.isDeflated {
            data = try DeflateCompressor(level: level).deflate(bytes)
            if !isLast { data = try DeflateJoint.opened(data) }
        }
        let header = isFirst ? ZipRecord.localHeaderBeforeDescriptor(entry) : []
        let edge = MemberPart.Edge(rawValue: (isFirst ? 1 : 0) | (isLast ? 2 : 0))
        let part = MemberPart(entry: entry, edge: edge, offset: header.count, length: data.count)
        return EncodedFrame(bytes: header + data, parts: [part])
    }
}
