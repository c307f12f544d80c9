import Testing

@testable import Archives

@Suite struct WholeFrameTests {
    private static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }

    private static func encoded(_ bytes: [UInt8], _ encoding: FrameEncoding) throws -> [UInt8] {
        switch encoding {
        case .none: bytes
        case .gzip: try DeflateCompressor(level: 6).gzip(bytes)
        case .deflate: try DeflateCompressor(level: 6).deflate(bytes)
        case .zstd: try ZstdCompressor(level: 3).frame(bytes)
        }
    }

    @Test(arguments: FrameEncoding.allCases)
    func decodesWhatIsWanted(_ encoding: FrameEncoding) throws {
        for size in [0, 1, Self.content.count] {
            let bytes = Array(Self.content.prefix(size))
            let decoded = try WholeFrameDecoder().decode(Self.encoded(bytes, encoding), encoding, wanting: size)
            #expect(decoded == bytes)
        }
        let frame = try Self.encoded(Self.content, encoding)
        let some = try WholeFrameDecoder().decode(frame, encoding, wanting: 1_000)
        #expect(some.prefix(1_000) == Self.content.prefix(1_000))
    }

    @Test func severalGzipMembersInARowAreOne() throws {
        let halves = [Self.content.prefix(100_000), Self.content.dropFirst(100_000)]
        let frame = try halves.flatMap { try Self.encoded(Array($0), .gzip) }
        #expect(try WholeFrameDecoder().decode(frame, .gzip, wanting: Self.content.count) == Self.content)
    }

    @Test(arguments: [FrameEncoding.gzip, .deflate, .zstd])
    func damageIsAnError(_ encoding: FrameEncoding) throws {
        var frame = try Self.encoded(Self.content, encoding)
        frame[frame.count / 2] ^= 0x55
        let cut = Array(frame.prefix(frame.count / 3))
        for broken in [frame, cut] {
            let decoded = try? WholeFrameDecoder().decode(broken, encoding, wanting: Self.content.count)
            #expect(decoded != Self.content)
        }
    }

    @Test func aSizeThatIsALieIsNotBelieved() throws {
        var frame = try Self.encoded(Self.content, .gzip)
        frame.replaceSubrange((frame.count - 4)..., with: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: ArchiveError.self) {
            try WholeFrameDecoder().decode(frame, .gzip, wanting: Self.content.count + 1)
        }
        #expect(throws: ArchiveError.self) {
            try WholeFrameDecoder().decode(frame, .gzip, wanting: WholeFrameDecoder.largest + 1)
        }
    }

    @Test func zstdFramesDoNotDependOnWhatWasCompressedBefore() throws {
        let used = try ZstdCompressor(level: 3)
        for _ in 0..<3 { _ = try used.frame(Self.content.reversed()) }
        #expect(try used.frame(Self.content) == ZstdCompressor(level: 3).frame(Self.content))
    }
}
