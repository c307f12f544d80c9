/// Takes stretches of an archive's bytes, in rising order, out of as few reads as it can.
final class ByteWindow {
    private let archive: any ArchiveBytes
    private let planned: Int64
    private var offset: Int64
    private var reader: (any ChunkReader)?
    private var rest: ArraySlice<UInt8> = []

    /// Makes a window; its first read asks for the whole range, and only what lies behind it takes another.
    init(_ archive: any ArchiveBytes, planned: Range<Int64>) {
        self.archive = archive
        self.planned = planned.upperBound
        offset = planned.lowerBound
    }

    /// The bytes of a stretch, which must fit into memory.
    func take(_ range: Range<Int64>) async throws -> [UInt8] {
        try await skip(to: range.lowerBound)
        var taken: [UInt8] = []
        taken.reserveCapacity(range.count)
        while let piece = try await piece(upTo: range.upperBound) { taken += piece }
        return taken
    }

    /// Goes to an offset that is not behind the one where it is.
    func skip(to target: Int64) async throws {
        while try await piece(upTo: target) != nil {}
    }

    /// The next bytes in front of an offset; nil when it is reached.
    func piece(upTo end: Int64) async throws -> ArraySlice<UInt8>? {
        guard offset < end else { return nil }
        while rest.isEmpty { rest = try await chunk(before: end)[...] }
        let piece = rest.prefix(Int(min(Int64(rest.count), end - offset)))
        rest = rest.dropFirst(piece.count)
        offset += Int64(piece.count)
        return piece
    }

    private func chunk(before end: Int64) async throws -> [UInt8] {
        while true {
            if let chunk = try await reader?.next() { return chunk }
            guard offset < end, end <= archive.size else {
                throw ExtractionError("\(archive.name) ends before byte \(end)", .damaged)
            }
            reader = try await archive.reader(of: offset..<max(end, planned))
        }
    }
}
