internal import FoundationEssentials

/// Reads an index of JSON Lines from the bytes of its gzip file, in whatever chunks they come, a line at a time.
public struct IndexReader: ~Copyable {
    private var decoder: FrameDecoder
    private var decoded: ArraySlice<UInt8> = []
    private var line: [UInt8] = []
    private var number = 1
    private let wanted: [UInt8]?

    /// The longest line, in bytes: the largest key, metadata and tags that S3 allows, all escaped, are a tenth of it.
    private static let longestLine = 1 << 20

    /// Makes a reader.
    ///
    /// - Parameter key: The key of the entries to give; nil for all. Other lines are not decoded.
    /// - Throws: ``ArchiveError`` where there is no memory for it.
    public init(key: String? = nil) throws(ArchiveError) {
        decoder = try FrameDecoder(.gzip)
        wanted = key.map { key in
            var field = Array("\"key\":".utf8)
            JSONLine.append(key, to: &field)
            return field
        }
    }

    /// The next entry; takes what it uses from the input.
    ///
    /// - Returns: nil when it needs more input.
    /// - Throws: ``ArchiveError`` with the number of the line that cannot be read.
    public mutating func next(_ input: inout ArraySlice<UInt8>) throws(ArchiveError) -> IndexEntry? {
        while true {
            while let end = decoded.firstIndex(of: UInt8(ascii: "\n")) {
                try take(upTo: end)
                decoded = decoded.dropFirst()
                if let entry = try endLine() { return entry }
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

    private mutating func endLine() throws(ArchiveError) -> IndexEntry? {
        defer {
            line.removeAll(keepingCapacity: true)
            number += 1
        }
        if let wanted, !line.contains(wanted) { return nil }
        let entry: IndexEntry
        do {
            entry = try JSONDecoder().decode(IndexEntry.self, from: Data(line))
        } catch {
            throw damaged(.damaged, "is no entry of an index")
        }
        return entry
    }

    private func damaged(_ code: ArchiveError.Code, _ problem: String) -> ArchiveError {
        ArchiveError(code, "Line \(number) of the index \(problem)", at: 0)
    }
}
