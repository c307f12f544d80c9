import Manifests

/// Rows that come in batches: a batch may be waited for, its rows are read without.
protocol ObjectRows {
    /// Brings more rows; says whether there may be some. Only when all rows of the batch before are read.
    mutating func fill() async throws -> Bool
    /// Reads the next row of the batch into `row`; says whether there was one.
    mutating func next(into row: inout RowBytes) throws -> Bool
}

/// The rows of a manifest that has them itself.
struct ManifestRows: ObjectRows {
    private var reader: ManifestReader
    private var batch: ArraySlice<ManifestRow> = []

    init(_ reader: ManifestReader) { self.reader = reader }

    mutating func fill() async throws -> Bool {
        guard let more = try await reader.nextBatch() else { return false }
        batch = more[...]
        return true
    }

    mutating func next(into row: inout RowBytes) -> Bool {
        guard let next = batch.popFirst() else { return false }
        row.set(next)
        return true
    }
}
