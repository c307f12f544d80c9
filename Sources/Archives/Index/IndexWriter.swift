/// The forms in which an index is written.
public enum IndexFormat: String, Sendable, Equatable, CaseIterable {
    /// JSON Lines.
    case jsonLines = "jsonl"
    /// CSV by RFC 4180 with a line of names, lines ended by LF; maps are JSON in a field.
    case csv

    /// What an index adds to the name of its archive.
    public var suffix: String { ".index.\(rawValue).gz" }
}

/// Writes an index as gzip frames of whole lines, each of about 1 MiB of them.
public struct IndexWriter: Sendable {
    private let format: IndexFormat
    private var lines: [UInt8] = []
    private static let frameSize = 1 << 20

    /// Makes a writer.
    public init(_ format: IndexFormat = .jsonLines) {
        self.format = format
        if format == .csv { lines = CSVLine.names }
    }

    /// Adds an entry.
    ///
    /// - Returns: The next bytes of the index; mostly none.
    /// - Throws: ``ArchiveError`` where there is no memory to compress.
    public mutating func append(_ entry: IndexEntry) throws(ArchiveError) -> [UInt8] {
        switch format {
        case .jsonLines: JSONLine.append(entry, to: &lines)
        case .csv: CSVLine.append(entry, to: &lines)
        }
        return lines.count >= Self.frameSize ? try frame() : []
    }

    /// The last bytes of the index.
    ///
    /// - Throws: ``ArchiveError`` where there is no memory to compress.
    public mutating func finish() throws(ArchiveError) -> [UInt8] { try frame() }

    private mutating func frame() throws(ArchiveError) -> [UInt8] {
        defer { lines.removeAll(keepingCapacity: true) }
        return try DeflateCompressor(level: 6).gzip(lines)
    }
}

/// An entry as a line of JSON.
enum JSONLine {
    static func append(_ entry: IndexEntry, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "{"))
        var isFirst = true
        for field in IndexEntry.CodingKeys.allCases {
            guard let value = entry.value(field) else { continue }
            if !isFirst { line.append(UInt8(ascii: ",")) }
            isFirst = false
            append(field.rawValue, to: &line)
            line.append(UInt8(ascii: ":"))
            switch value {
            case .text(let text): append(text, to: &line)
            case .number(let number): line += String(number).utf8
            case .map(let map): append(map, to: &line)
            }
        }
        line += "}\n".utf8
    }

    /// A map as a JSON object, its names in order.
    static func append(_ map: [String: String], to line: inout [UInt8]) {
        line.append(UInt8(ascii: "{"))
        for (position, pair) in map.sorted(by: { $0.key < $1.key }).enumerated() {
            if position > 0 { line.append(UInt8(ascii: ",")) }
            append(pair.key, to: &line)
            line.append(UInt8(ascii: ":"))
            append(pair.value, to: &line)
        }
        line.append(UInt8(ascii: "}"))
    }

    /// A JSON string: what JSON does not allow in one is escaped, all else is as it is.
    static func append(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): line += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): line += "\\n".utf8
            case 0..<0x20: line += "\\u00\(byte < 16 ? "0" : "1")\(String(byte & 15, radix: 16))".utf8
            default: line.append(byte)
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}

/// An entry as a line of CSV.
enum CSVLine {
    /// The line of names.
    static var names: [UInt8] {
        Array((IndexEntry.CodingKeys.allCases.map(\.rawValue).joined(separator: ",") + "\n").utf8)
    }

    static func append(_ entry: IndexEntry, to line: inout [UInt8]) {
        for (position, field) in IndexEntry.CodingKeys.allCases.enumerated() {
            if position > 0 { line.append(UInt8(ascii: ",")) }
            switch entry.value(field) {
            case .text(let text): append(Array(text.utf8), to: &line)
            case .number(let number): line += String(number).utf8
            case .map(let map):
                var object: [UInt8] = []
                JSONLine.append(map, to: &object)
                append(object, to: &line)
            case nil: continue
            }
        }
        line.append(UInt8(ascii: "\n"))
    }

    /// A field; in quotes where it has what would end it, or is an empty text, which no field at all is not.
    private static func append(_ field: [UInt8], to line: inout [UInt8]) {
        let needsQuotes = field.isEmpty || field.contains { ",\"\n\r ".utf8.contains($0) }
        guard needsQuotes else {
            line += field
            return
        }
        line.append(UInt8(ascii: "\""))
        for byte in field {
            if byte == UInt8(ascii: "\"") { line.append(byte) }
            line.append(byte)
        }
        line.append(UInt8(ascii: "\""))
    }
}
