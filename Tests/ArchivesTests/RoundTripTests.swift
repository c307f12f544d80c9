import Archives
import TestSupport
import Testing

@Suite struct RoundTripTests {
    /// Members of every size that matters, text and noise in turn.
    static let samples: [Sample] = {
        var noise = SeededGenerator(seed: 7)
        let sizes = [0, 1, 511, 512, 513, 1_023, 1_024, 4_095, 4_096, 4_097, 20_000, 65_536, 300_000, 1_500_000]
        let bodies = sizes.flatMap { [text($0), noise.bytes($0)] }
        return bodies.enumerated().map { Sample(key: "size/\($1.count)/\($0)", bytes: $1) } + [
            Sample(key: "../escape", bytes: text(10)), Sample(key: "size", bytes: text(11)),
            Sample(key: "folder/", bytes: text(12)), Sample(key: "nul\0 and \n", bytes: text(13)),
            Sample(key: "日本語/" + String(repeating: "語", count: 300), bytes: text(14)),
            Sample(key: "old", bytes: text(15), modified: 0), Sample(key: "late", bytes: [], modified: 4_102_444_800),
        ]
    }()

    @Test(arguments: ArchiveFormat.allCases, [4 << 10, 100_000, 1 << 20])
    func everyMemberComesBack(_ format: ArchiveFormat, _ frameSize: Int) async throws {
        let archive = try await Archive(Self.samples, format, frameSize: frameSize)
        #expect(try readAll(archive.bytes) == Self.samples)
        #expect(archive.stored.map(\.member.key) == Self.samples.map(\.key))
        for (stored, sample) in zip(archive.stored, Self.samples) {
            #expect(try readAlone(archive.bytes, stored.location, crc32: stored.crc32) == sample.bytes)
            #expect(stored.location.dataLength == Int64(sample.bytes.count))
        }
    }

    @Test(arguments: ArchiveFormat.allCases)
    func bytesDoNotDependOnThreadsOrPieces(_ format: ArchiveFormat) async throws {
        let one = try await Archive(Self.samples, format, frameSize: 50_000, threads: 1)
        #expect(try await Archive(Self.samples, format, frameSize: 50_000, threads: 7) == one)
        #expect(try await Archive(Self.samples, format, frameSize: 50_000, threads: 3, pieces: 999) == one)
    }

    @Test(arguments: ArchiveFormat.allCases, [1, 7, 511, 4_096])
    func chunksOfAnySizeReadTheSame(_ format: ArchiveFormat, _ chunk: Int) async throws {
        let samples = Self.samples.filter { $0.bytes.count <= 4_097 }
        let archive = try await Archive(samples, format, frameSize: 8_000)
        #expect(try readAll(archive.bytes, chunk: chunk) == samples)
    }

    @Test(arguments: ArchiveFormat.allCases)
    func anEmptyArchiveIsOne(_ format: ArchiveFormat) async throws {
        let archive = try await Archive([], format)
        #expect(ArchiveFormat.detect(archive.bytes[...]) == format)
        #expect(try readAll(archive.bytes).isEmpty)
    }

    @Test(arguments: [ArchiveFormat.tarGzip, .tarZstd])
    func aSmallMemberIsInOneFrame(_ format: ArchiveFormat) async throws {
        var noise = SeededGenerator(seed: 3)
        let samples = (0..<200).map { Sample(key: "\($0)", bytes: noise.bytes(10_000)) }
        let archive = try await Archive(samples, format, frameSize: 64 << 10)
        #expect(archive.stored.allSatisfy { $0.location.frameLength <= (64 << 10) + 100 })
        #expect(Set(archive.stored.map(\.location.frameOffset)).count > 20)
    }

    @Test func aBigMemberBeginsAFrame() async throws {
        let samples = [Sample(key: "small", bytes: text(10)), Sample(key: "big", bytes: text(50_000))]
        let archive = try await Archive(samples, .tarGzip, frameSize: 20_000)
        #expect(archive.stored[1].location.dataOffset == 512)
        #expect(archive.stored[1].location.frameOffset == archive.stored[0].location.frameLength)
    }

    @Test(arguments: [ArchiveFormat.tarGzip, .tarZstd, .zip])
    func whatIsCompressedAlreadyIsStored(_ format: ArchiveFormat) async throws {
        var noise = SeededGenerator(seed: 5)
        let archive = try await Archive([Sample(key: "noise", bytes: noise.bytes(3_000_000))], format)
        #expect(archive.bytes.count < 3_003_000)
        let named = try await Archive([Sample(key: "text.jpg", bytes: text(100_000))], format)
        #expect(named.stored[0].location.encoding != .deflate)
        let plain = try await Archive([Sample(key: "text.txt", bytes: text(100_000))], format)
        #expect(plain.bytes.count < 5_000)
    }
}

@Suite struct ArchiveWriterTests {
    @Test(arguments: ArchiveFormat.allCases, [-1, 1, 4, 6])
    func refusesOtherBytesThanAnnounced(_ format: ArchiveFormat, _ written: Int) async {
        await #expect(throws: ArchiveError.self) {
            try await ArchiveWriter.write(ArchiveOptions(format: format)) { _ in
            } members: { writer in
                try await writer.begin(ArchiveMember(key: "a", size: written < 0 ? -1 : 5))
                try await writer.write(text(max(written, 0)))
                try await writer.end()
            }
        }
    }

    @Test(arguments: ArchiveFormat.allCases)
    func refusesAMemberThatIsNotEnded(_ format: ArchiveFormat) async {
        for isFollowed in [true, false] {
            await #expect(throws: ArchiveError.self) {
                try await ArchiveWriter.write(ArchiveOptions(format: format)) { _ in
                } members: { writer in
                    try await writer.begin(ArchiveMember(key: "a", size: 1))
                    if isFollowed { try await writer.begin(ArchiveMember(key: "b", size: 1)) }
                }
            }
        }
    }

    @Test(arguments: ArchiveFormat.allCases)
    func aFailingOutputEndsIt(_ format: ArchiveFormat) async {
        struct Full: Error {}
        await #expect(throws: Full.self) {
            try await ArchiveWriter.write(ArchiveOptions(format: format, frameSize: 4 << 10)) { _ in
                throw Full()
            } members: { writer in
                for number in 0..<1_000 {
                    try await writer.add(ArchiveMember(key: "\(number)", size: 4_000), text(4_000))
                }
            }
        }
    }
}
