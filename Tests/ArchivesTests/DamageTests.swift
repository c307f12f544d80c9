import Archives
import TestSupport
import Testing

/// Damaged archives end in an error or give the right bytes; they never trap, hang or fill the memory.
@Suite struct DamageTests {
    static let samples = [
        Sample(key: "plain.txt", bytes: text(700)), Sample(key: "../x", bytes: text(30)),
        Sample(key: String(repeating: "n", count: 300), bytes: []), Sample(key: "last", bytes: text(1_500)),
    ]

    private static func archive(_ format: ArchiveFormat) async throws -> Archive {
        try await Archive(samples, format, frameSize: 4 << 10)
    }

    @Test(arguments: ArchiveFormat.allCases)
    func aCutArchiveIsAnError(_ format: ArchiveFormat) async throws {
        let archive = try await Self.archive(format)
        let step = format == .tar ? 13 : 1
        for length in stride(from: 0, to: archive.bytes.count - 1, by: step) {
            #expect(throws: ArchiveError.self, "cut to \(length)") { try readAll(Array(archive.bytes.prefix(length))) }
        }
    }

    /// A tar has checksums of headers only, so flipped data, or a flipped name in a pax header, is not seen in it.
    @Test(arguments: ArchiveFormat.allCases)
    func aFlippedBitIsAnErrorOrDoesNotMatter(_ format: ArchiveFormat) async throws {
        let archive = try await Self.archive(format)
        var noise = SeededGenerator(seed: 11)
        for position in stride(from: 0, to: archive.bytes.count, by: format == .tar ? 5 : 1) {
            var damaged = archive.bytes
            damaged[position] ^= 1 << UInt8.random(in: 0..<8, using: &noise)
            guard let samples = try? readAll(damaged), format != .tar else { continue }
            #expect(samples.map(\.bytes) == Self.samples.map(\.bytes), "flipped at \(position)")
        }
    }

    @Test(arguments: ArchiveFormat.allCases)
    func aMemberAloneIsRightOrAnError(_ format: ArchiveFormat) async throws {
        let archive = try await Self.archive(format)
        for position in stride(from: 0, to: archive.bytes.count, by: format == .tar ? 17 : 3) {
            var damaged = archive.bytes
            damaged[position] ^= 0x55
            for (stored, sample) in zip(archive.stored, Self.samples) {
                guard let bytes = try? readAlone(damaged, stored.location, crc32: stored.crc32) else { continue }
                #expect(bytes == sample.bytes)
            }
        }
    }

    @Test(arguments: ArchiveFormat.allCases)
    func noiseBehindAGoodStartIsSurvived(_ format: ArchiveFormat) async throws {
        let archive = try await Self.archive(format)
        var noise = SeededGenerator(seed: 13)
        for _ in 0..<100 {
            let start = Int.random(in: 0..<archive.bytes.count, using: &noise)
            let kept = archive.bytes.prefix(start) + noise.bytes(Int.random(in: 0..<2_000, using: &noise))
            let tail = Bool.random(using: &noise) ? archive.bytes.suffix(300) : []
            if let samples = try? readAll(kept + tail), format != .tar { #expect(samples.count <= Self.samples.count) }
        }
    }

    @Test(arguments: [
        (Int64(-1), Int64(5), Int64(0), Int64(5)), (0, -1, 0, 5), (0, 5, -1, 5), (0, 5, 0, -1), (0, 5, .max, .max),
    ])
    func aLocationThatMakesNoSenseIsAnError(_ numbers: (Int64, Int64, Int64, Int64)) {
        let location = MemberLocation(
            frameOffset: numbers.0, frameLength: numbers.1, encoding: .gzip, dataOffset: numbers.2,
            dataLength: numbers.3)
        #expect(throws: ArchiveError.self) { _ = try MemberReader(location) }
    }

    @Test(arguments: [ArchiveFormat.tarGzip, .tarZstd, .zip])
    func aBombIsGivenInPieces(_ format: ArchiveFormat) async throws {
        let zeros = [UInt8](repeating: 0, count: 20_000_000)
        let archive = try await Archive([Sample(key: "zeros", bytes: zeros)], format, frameSize: 32 << 20)
        #expect(archive.bytes.count < 100_000)
        let location = try #require(archive.stored.first?.location)
        var decoder = try FrameDecoder(location.encoding, limit: 1_000_000)
        var input = archive.bytes[Int(location.frameOffset)...].prefix(Int(location.frameLength))
        var given = 0
        let failure = #expect(throws: ArchiveError.self) {
            while true {
                let piece = try decoder.decode(&input, atMost: 10_000)
                #expect(piece.count <= 10_000)
                guard !piece.isEmpty else { return }
                given += piece.count
            }
        }
        #expect(failure?.code == .tooLarge)
        #expect(given <= 1_000_000)
    }

    @Test func anotherSizeThanTheZipSaysIsAnError() async throws {
        let archive = try await Archive([Sample(key: "a", bytes: text(100_000))], .zip)
        var location = try #require(archive.stored.first?.location)
        location.dataLength -= 1
        let crc32 = archive.stored.first?.crc32
        #expect(throws: ArchiveError.self) { try readAlone(archive.bytes, location, crc32: crc32) }
        location.dataLength += 2
        #expect(throws: ArchiveError.self) { try readAlone(archive.bytes, location, crc32: crc32) }
    }
}
