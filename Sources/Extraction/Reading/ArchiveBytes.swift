/// The bytes of an archive or an index, wherever they are.
public protocol ArchiveBytes: Sendable {
    /// How many there are.
    var size: Int64 { get }
    /// What they are called in messages.
    var name: String { get }
    /// Begins to read some of them.
    ///
    /// - Parameter range: Which; not beyond ``size``.
    /// - Returns: A reader that gives exactly these bytes, or throws.
    /// - Throws: ``ExtractionError``, or what the request threw.
    func reader(of range: Range<Int64>) async throws -> any ChunkReader
}

/// Gives bytes chunk by chunk, to one task.
public protocol ChunkReader: AnyObject {
    /// The next chunk; nil at the end.
    func next() async throws -> [UInt8]?
}

extension ArchiveBytes {
    /// All bytes of a range of at most a few MiB.
    func bytes(of range: Range<Int64>) async throws -> [UInt8] {
        let reader = try await reader(of: range)
        var bytes: [UInt8] = []
        while let chunk = try await reader.next() { bytes += chunk }
        return bytes
    }

    /// All that are there.
    func reader() async throws -> any ChunkReader { try await reader(of: 0..<size) }
}
