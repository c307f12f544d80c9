/// Reads a manifest row by row from where its bytes or rows come from.
public struct ManifestReader {
    private let nextRows: () async throws -> [ManifestRow]?
    private var rows: ArraySlice<ManifestRow> = []

    /// Makes a reader of bytes.
    ///
    /// - Parameters:
    ///   - parser: What understands the chunks.
    ///   - nextChunk: Gives the next chunk of bytes; `nil` at the end.
    public init(_ parser: ManifestParser, nextChunk: @escaping () async throws -> [UInt8]?) {
        var parser = parser
        var isAtEnd = false
        nextRows = {
            if isAtEnd { return nil }
            if let chunk = try await nextChunk() { return try parser.parse(chunk) }
            isAtEnd = true
            return try parser.finish()
        }
    }

    /// Makes a reader of rows that something else has understood.
    ///
    /// - Parameter nextRows: Gives the next rows; `nil` at the end.
    public init(nextRows: @escaping () async throws -> [ManifestRow]?) { self.nextRows = nextRows }

    /// The next row; `nil` at the end.
    ///
    /// - Throws: `ManifestError`, or what the source of the chunks throws.
    public mutating func next() async throws -> ManifestRow? {
        while rows.isEmpty {
            guard let more = try await nextRows() else { return nil }
            rows = more[...]
        }
        return rows.popFirst()
    }

    /// The next rows, as many as come at once; `nil` at the end.
    ///
    /// - Throws: `ManifestError`, or what the source of the chunks throws.
    public mutating func nextBatch() async throws -> [ManifestRow]? {
        defer { rows = [] }
        return rows.isEmpty ? try await nextRows() : Array(rows)
    }
}
