/// Reads a manifest row by row from where its chunks come from.
public struct ManifestReader {
    private var parser: ManifestParser
    private let nextChunk: () async throws -> [UInt8]?
    private var rows: ArraySlice<ManifestRow> = []
    private var isAtEnd = false

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - parser: What understands the chunks.
    ///   - nextChunk: Gives the next chunk of bytes; `nil` at the end.
    public init(_ parser: ManifestParser, nextChunk: @escaping () async throws -> [UInt8]?) {
        self.parser = parser
        self.nextChunk = nextChunk
    }

    /// The next row; `nil` at the end.
    ///
    /// - Throws: `ManifestError`, or what the source of the chunks throws.
    public mutating func next() async throws -> ManifestRow? {
        while rows.isEmpty, !isAtEnd {
            if let chunk = try await nextChunk() {
                rows = try parser.parse(chunk)[...]
            } else {
                isAtEnd = true
                rows = try parser.finish()[...]
            }
        }
        return rows.popFirst()
    }
}
