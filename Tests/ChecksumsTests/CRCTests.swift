import CChecksums
import TestSupport
import Testing

@testable import Checksums

@Suite struct CRCTests {
    // https://reveng.sourceforge.io/crc-catalogue/all.htm, "check"
    @Test(arguments: [
        (CRC.Algorithm.crc32, [0xCB, 0xF4, 0x39, 0x26] as [UInt8], "y/Q5Jg=="),
        (.crc32c, [0xE3, 0x06, 0x92, 0x83], "4waSgw=="),
        (.crc64NVME, [0xAE, 0x8B, 0x14, 0x86, 0x0A, 0x79, 0x98, 0x88], "rosUhgp5mIg="),
    ])
    func checkValue(_ algorithm: CRC.Algorithm, _ expected: [UInt8], _ base64: String) {
        var crc = CRC(algorithm)
        crc.update([UInt8]("123456789".utf8))
        #expect(crc.bytes == expected)
        #expect(crc.base64 == base64)
    }

    // RFC 3720, section B.4 (there the least significant byte stands first).
    @Test(arguments: [
        ("zeros", [UInt8](repeating: 0, count: 32), UInt64(0x8A91_36AA)),
        ("ones", [UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), ("up", [UInt8](0..<32), 0x46DD_794E),
        ("down", [UInt8]((0..<32).reversed()), 0x113F_DB5C),
    ])
    func iSCSI(_ what: String, _ bytes: [UInt8], _ expected: UInt64) {
        var crc = CRC(.crc32c)
        crc.update(bytes)
        #expect(crc.value == expected)
    }

    @Test(arguments: CRC.Algorithm.allCases)
    func isZeroForNoBytes(_ algorithm: CRC.Algorithm) {
        var crc = CRC(algorithm)
        crc.update([])
        #expect(crc.value == 0)
    }

    /// Bit by bit, as the definition says it: no tables, no tricks.
    private func byDefinition(_ algorithm: CRC.Algorithm, _ bytes: ArraySlice<UInt8>) -> UInt64 {
        let (polynomial, ones): (UInt64, UInt64) =
            switch algorithm {
            case .crc32: (0xEDB8_8320, 0xFFFF_FFFF)
            case .crc32c: (0x82F6_3B78, 0xFFFF_FFFF)
            case .crc64NVME: (0x9A6C_9329_AC4B_C9B5, .max)
            }
        var register = ones
        for byte in bytes {
            register ^= UInt64(byte)
            for _ in 0..<8 { register = (register >> 1) ^ (register & 1 == 1 ? polynomial : 0) }
        }
        return register ^ ones
    }

    @Test(arguments: CRC.Algorithm.allCases)
    func machineAndTablesFollowTheDefinition(_ algorithm: CRC.Algorithm) {
        var random = SeededGenerator(seed: 1)
        let bytes = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &random) }
        let lengths = Array(0...300) + (0..<100).map { _ in Int.random(in: 301...4000, using: &random) }
        for length in lengths {
            let start = Int.random(in: 0...min(64, bytes.count - length), using: &random)
            let expected = byDefinition(algorithm, bytes[start..<start + length])
            bytes.withUnsafeBytes { all in
                let part = UnsafeRawBufferPointer(rebasing: all[start..<start + length])
                var crc = CRC(algorithm)
                crc.update(part)
                #expect(crc.value == expected, "machine, \(length) bytes from \(start)")
                #expect(CRC.portable(algorithm, part) == expected, "tables, \(length) bytes from \(start)")
            }
        }
    }

    @Test(arguments: CRC.Algorithm.allCases)
    func partsAddUpToTheWhole(_ algorithm: CRC.Algorithm) {
        var random = SeededGenerator(seed: 2)
        let bytes = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
        var whole = CRC(algorithm)
        whole.update(bytes)
        for _ in 0..<200 {
            let cut = Int.random(in: 0...bytes.count, using: &random)
            var (first, second) = (CRC(algorithm), CRC(algorithm))
            first.update([UInt8](bytes[..<cut]))
            second.update([UInt8](bytes[cut...]))
            var continued = first
            continued.update([UInt8](bytes[cut...]))
            #expect(continued == whole, "updated at \(cut)")
            first.append(second)
            #expect(first == whole, "combined at \(cut)")
        }
    }

    #if arch(x86_64) || arch(arm64)
    @Test func usesTheMachinesInstructions() {
        // Every x86-64 since 2013 and every server ARM core has them; a build that lost them would be slow unnoticed.
        #expect(CChecksums_is_accelerated())
    }
    #endif
}
