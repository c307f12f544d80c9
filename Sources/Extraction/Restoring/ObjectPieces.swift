/// The bytes of a member that is an object of its own, compared on the way with those of its source where that is read.
final class ObjectPieces: MemberPieces {
    private let chunks: any ChunkReader
    private let source: StoredBytes?
    private let sourceBytes: ByteWindow?
    private var offset: Int64 = 0

    init(_ chunks: any ChunkReader, comparing source: StoredBytes?) {
        self.chunks = chunks
        self.source = source
        sourceBytes = source.map { ByteWindow($0, planned: 0..<$0.size) }
    }

    func next() async throws -> ArraySlice<UInt8>? {
        guard let chunk = try await chunks.next() else { return nil }
        if let source, let sourceBytes { try await compare(chunk[...], with: sourceBytes, of: source.name) }
        offset += Int64(chunk.count)
        return chunk[...]
    }

    private func compare(_ chunk: ArraySlice<UInt8>, with bytes: ByteWindow, of name: String) async throws {
        var rest = chunk
        while !rest.isEmpty, let piece = try await bytes.piece(upTo: offset + Int64(chunk.count)) {
            guard rest.prefix(piece.count) == piece else {
                throw ExtractionError("\(name): its copy beside the archive has other bytes", .damaged)
            }
            rest = rest.dropFirst(piece.count)
        }
    }
}
