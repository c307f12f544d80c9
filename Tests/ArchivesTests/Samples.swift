import Archives

/// A member and its bytes.
struct Sample: Sendable, Equatable {
    var key: String
    var bytes: [UInt8]
    var modified: Int64 = 1_700_000_000
}

/// An archive made in memory.
struct Archive: Sendable, Equatable {
    var bytes: [UInt8] = []
    var stored: [StoredMember] = []

    /// Writes samples, their bytes cut into pieces of a size.
    init(
        _ samples: [Sample], _ format: ArchiveFormat, frameSize: Int = 1 << 20, level: Int? = nil, threads: Int = 2,
        pieces: Int = 100_000
    ) async throws {
        let options = ArchiveOptions(format: format, frameSize: frameSize, level: level, threads: threads)
        let collected = Collected()
        try await ArchiveWriter.write(options) { output in
            switch output {
            case .bytes(let bytes): collected.archive.bytes += bytes
            case .member(let member): collected.archive.stored.append(member)
            }
        } members: { writer in
            for sample in samples {
                try await writer.begin(
                    ArchiveMember(key: sample.key, size: Int64(sample.bytes.count), modified: sample.modified))
                for start in stride(from: 0, to: sample.bytes.count, by: pieces) {
                    try await writer.write(Array(sample.bytes[start..<min(start + pieces, sample.bytes.count)]))
                }
                try await writer.end()
            }
        }
        self = collected.archive
    }

    private init() {}

    private final class Collected {
        var archive = Archive()
    }
}

/// What an archive's readers find in it, fed with chunks of a size.
func readAll(_ archive: [UInt8], chunk: Int = 70_001) throws(ArchiveError) -> [Sample] {
    guard let format = ArchiveFormat.detect(archive.prefix(ArchiveFormat.detectionSize)) else {
        throw ArchiveError(.damaged, "no archive", at: 0)
    }
    guard let encoding = format.tarEncoding else { return try readZip(archive, chunk: chunk) }
    var reader = try TarArchiveReader(encoding)
    var samples: [Sample] = []
    for start in stride(from: 0, to: archive.count, by: chunk) {
        var input = archive[start..<min(start + chunk, archive.count)]
        while let event = try reader.next(&input) {
            switch event {
            case .member(let member):
                samples.append(Sample(key: member.key ?? member.name, bytes: [], modified: member.modified))
            case .data(let bytes): samples[samples.count - 1].bytes += bytes
            case .endOfMember, .end: break
            }
        }
    }
    try reader.finish()
    return samples
}

private func readZip(_ archive: [UInt8], chunk: Int) throws(ArchiveError) -> [Sample] {
    let directory = try ZipDirectory(
        tail: archive.suffix(Int(ZipDirectory.tailSize)), archiveSize: Int64(archive.count))
    var reader = ZipDirectoryReader(directory)
    var samples: [Sample] = []
    let end = Int(directory.offset + directory.size)
    for start in stride(from: Int(directory.offset), to: end, by: chunk) {
        var input = archive[start..<min(start + chunk, end)]
        while let entry = try reader.next(&input) {
            let header = archive[Int(entry.headerOffset)...].prefix(ZipEntry.headerSize)
            let location = try entry.location(header: Array(header))
            let bytes = try readAlone(archive, location, crc32: entry.crc32, chunk: chunk)
            samples.append(Sample(key: entry.key ?? entry.name, bytes: bytes, modified: entry.modified))
        }
    }
    try reader.finish()
    return samples
}

/// A member's bytes, read from its frame alone.
func readAlone(
    _ archive: [UInt8], _ location: MemberLocation, crc32: UInt32?, chunk: Int = 70_001
) throws(ArchiveError) -> [UInt8] {
    var reader = try MemberReader(location, crc32: crc32)
    let start = min(Int(location.frameOffset), archive.count)
    let end = min(start + Int(clamping: min(location.frameLength, 1 << 40)), archive.count)
    var bytes: [UInt8] = []
    for start in stride(from: start, to: end, by: chunk) {
        var input = archive[start..<min(start + chunk, end)]
        while true {
            let piece = try reader.read(&input)
            if piece.isEmpty { break }
            bytes += piece
        }
    }
    try reader.finish()
    return bytes
}

/// Text of a length.
func text(_ count: Int, _ words: String = "the same words, again and again; ") -> [UInt8] {
    let words = Array(words.utf8)
    return (0..<count).map { words[$0 % words.count] }
}
