/// Reads an index of JSON Lines from the bytes of its gzip file, in whatever chunks they come, a line at a time.
public struct IndexReader: ~Copyable {
    private var decoder: FrameDecoder
    private var decoded: ArraySlice<UInt8> = []
    private var line: [UInt8] = []
    private var number = 1

    /// The longest line, in bytes: the largest key, metadata and tags that S3 allows, all escaped, are a tenth of it.
    private static let longestLine = 1 << 20

    /// Makes a reader.
    ///
    /// - Throws: ``ArchiveError`` where there is no memory for it.
    public init() throws(ArchiveError) { decoder = try FrameDecoder(.gzip) }

    /// The next entry; takes what it uses from the input.
    ///
    /// - Returns: nil when it needs more input.
    /// - Throws: ``ArchiveError`` with the number of the line that cannot be read.
    public mutating func next(_ input: inout ArraySlice<UInt8>) throws(ArchiveError) -> IndexEntry? {
        while true {
            while let end = decoded.firstIndex(of: UInt8(ascii: "\n")) {
                try take(upTo: end)
                decoded = decoded.dropFirst()
                return try endLine()
            }
            try take(upTo: decoded.endIndex)
            let piece = try decoder.decode(&input, atMost: 256 << 10)
            if piece.isEmpty { return nil }
            decoded = piece[...]
        }
    }

    /// Says that the input is at its end.
    ///
    /// - Throws: ``ArchiveError`` where the index is not.
    public func finish() throws(ArchiveError) {
        try decoder.finish()
        guard line.isEmpty else { throw damaged(.truncated, "ends too early") }
    }

    private mutating func take(upTo end: Int) throws(ArchiveError) {
        guard line.count + (end - decoded.startIndex) <= Self.longestLine else {
            throw damaged(.tooLarge, "is longer than \(Self.longestLine) bytes")
        }
        line += decoded[..<end]
        decoded = decoded[end...]
    }

    private mutating func endLine() throws(ArchiveError) -> IndexEntry {
        defer {
            line.removeAll(keepingCapacity: true)
            number += 1
        }
        var parser = IndexLineParser(line)
        guard let entry = parser.entry() else { throw damaged(.damaged, "is no entry of an index") }
        return entry
    }

    private func damaged(_ code: ArchiveError.Code, _ problem: String) -> ArchiveError {
        ArchiveError(code, "Line \(number) of the index \(problem)", at: 0)
    }
}
