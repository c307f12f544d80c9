import Checksums
import S3
import Testing

@testable import Extraction

@Suite struct UploadDigestTests {
    @Test(arguments: [(1, 16), (1_000, 16), (1_001, 32), (2_001, 64), (3_001, 128), (10_000, 128)])
    func partsGrowWithTheirNumbers(_ row: (number: Int, mebibytes: Int)) {
        #expect(UploadDigest.partSize(row.number) == row.mebibytes << 20)
    }

    @Test func tenThousandPartsHoldTheLargest() {
        #expect(NewObject.sizeLimit == 1_008_000 << 20)
    }

    private static func digest(_ bytes: [UInt8], by chunk: Int) -> UploadDigest.Known {
        var digest = UploadDigest()
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            digest.update(bytes[start..<min(start + chunk, bytes.count)])
        }
        return digest.finish()
    }

    @Test func theETagIsThatOfTheUpload() throws {
        let part = [UInt8](repeating: 7, count: 16 << 20)
        let whole = Self.digest(part, by: 1 << 20)
        #expect(whole.eTag == MD5.digest(part)?.hexadecimal)
        let two = Self.digest(part + [1, 2, 3], by: 3 << 20)
        let parts = try #require(MD5.digest(part)) + (try #require(MD5.digest([1, 2, 3])))
        #expect(two.eTag == MD5.digest(parts).map { "\($0.hexadecimal)-2" })
        #expect(Self.digest([], by: 1).eTag == "d41d8cd98f00b204e9800998ecf8427e")
    }

    private static let hello = "5d41402abc4b2a76b9719d911017c592"
    private static let other = "00000000000000000000000000000000"

    @Test(
        arguments: [
            ("the same MD5", 5, hello, nil, nil, true), ("in capitals", 5, hello.uppercased(), nil, nil, true),
            ("another MD5", 5, other, nil, nil, false), ("another size", 4, hello, nil, nil, false),
            ("parts", 5, "\(other)-1", nil, nil, nil), ("KMS", 5, other, "aws:kms", nil, nil),
            ("KMS by chance", 5, hello, "aws:kms", nil, nil), ("KMS, checksum", 5, other, "aws:kms", "same", true),
            ("KMS, another", 5, other, "aws:kms", "AAAAAAAAAAA=", false),
            ("parts, checksum", 5, "\(other)-1", nil, "same", true), ("no digest", 5, "0x8D", nil, nil, nil),
        ] as [(String, Int64, String, String?, String?, Bool?)])
    func whatIsThereIsRecognised(
        _ label: String, _ size: Int64, _ eTag: String, _ encryption: String?, _ crc: String?, _ isSame: Bool?
    ) {
        let known = Self.digest(Array("hello".utf8), by: 2)
        var head = HeadObjectOutput(contentLength: size, eTag: eTag)
        head.properties.serverSideEncryption = encryption
        head.checksum = crc.map {
            ObjectChecksum(algorithm: "CRC64NVME", value: $0 == "same" ? known.crc64NVME : $0, type: "FULL_OBJECT")
        }
        #expect(known.matches(head) == isSame, "\(label)")
    }
}
