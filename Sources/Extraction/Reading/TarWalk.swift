internal import Archives

/// A walk through a tar from its beginning, reading no more of it than it must.
final class TarWalk {
    private let bytes: any ArchiveBytes
    private let encoding: FrameEncoding
    private var chunks: any ChunkReader
    private var reader: TarArchiveReader
    private var input: ArraySlice<UInt8> = []
    private var isAtEnd = false
    private var untouched: TarMember?

    /// Data of more bytes is not read through where an uncompressed tar lets it be passed over.
    private static let worthSkipping: Int64 = 4 << 20

    init(_ bytes: any ArchiveBytes, _ encoding: FrameEncoding) async throws {
        self.bytes = bytes
        self.encoding = encoding
        chunks = try await bytes.reader()
        reader = try TarArchiveReader(encoding)
    }

    /// The next member; data that is left of the one before is passed over.
    func nextMember() async throws -> TarMember? {
        if let untouched { try await skip(untouched) }
        while let event = try await next() {
            guard case .member(let member) = event else { continue }
            untouched = member
            return member
        }
        return nil
    }

    /// The next bytes of the member's data; nil when all were given.
    func nextData() async throws -> ArraySlice<UInt8>? {
        untouched = nil
        while let event = try await next() {
            switch event {
            case .data(let data): return data
            case .endOfMember: return nil
            case .member, .end: continue
            }
        }
        return nil
    }

    /// Passes over a member's data that nobody wanted.
    private func skip(_ member: TarMember) async throws {
        guard encoding == .none, member.size >= Self.worthSkipping else { return }
        guard member.nextOffset <= bytes.size else {
            throw ExtractionError("\(bytes.name) ends within \(member.name)", .damaged)
        }
        chunks = try await bytes.reader(of: member.nextOffset..<bytes.size)
        reader = try TarArchiveReader(encoding, at: member.nextOffset)
        input = []
    }

    private func next() async throws -> TarReader.Event? {
        while !isAtEnd {
            if let event = try reader.next(&input) {
                return event
            }
            if let chunk = try await chunks.next() {
                input = chunk[...]
            } else {
                isAtEnd = true
                try reader.finish()
            }
        }
        return nil
    }
}
