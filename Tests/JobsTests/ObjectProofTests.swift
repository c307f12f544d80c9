import Jobs
import S3
import Testing

@Suite struct ObjectProofTests {
    struct Pair: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var source: HeadObjectOutput
        var destination: HeadObjectOutput
        var proof: TaskRecord.Proof?
        var isRefuted = false
    }

    static let one = "5d41402abc4b2a76b9719d911017c592"
    static let other = "7d793037a0760186574b0282f2f435e7"

    static func head(
        _ eTag: String, size: Int64 = 5, encryption: String? = nil, checksum: ObjectChecksum? = nil
    ) -> HeadObjectOutput {
        var head = HeadObjectOutput(contentLength: size, eTag: eTag)
        head.properties.serverSideEncryption = encryption
        head.checksum = checksum
        return head
    }

    static func crc(_ value: String, _ type: String? = "FULL_OBJECT") -> ObjectChecksum {
        ObjectChecksum(algorithm: "CRC32", value: value, type: type)
    }

    static let pairs = [
        Pair(testDescription: "same MD5", source: head(one), destination: head(one), proof: .eTag),
        Pair(
            testDescription: "same MD5 of parts", source: head(one + "-3"), destination: head(one + "-3"), proof: .eTag),
        Pair(testDescription: "case of digits", source: head(one), destination: head(one.uppercased()), proof: .eTag),
        Pair(testDescription: "other MD5", source: head(one), destination: head(other), proof: nil),
        Pair(testDescription: "other parts", source: head(one), destination: head(one + "-1"), proof: nil),
        Pair(testDescription: "not an MD5", source: head("abc"), destination: head("abc"), proof: nil),
        Pair(testDescription: "no part count", source: head(one + "-"), destination: head(one + "-"), proof: nil),
        Pair(
            testDescription: "AES256 keeps the MD5", source: head(one, encryption: "AES256"), destination: head(one),
            proof: .eTag),
        Pair(
            testDescription: "KMS has no MD5", source: head(one, encryption: "aws:kms"),
            destination: head(one, encryption: "aws:kms"), proof: nil),
        Pair(
            testDescription: "other size", source: head(one), destination: head(one, size: 6), proof: nil,
            isRefuted: true),
        Pair(
            testDescription: "checksum of the whole", source: head(one, checksum: crc("AAAAAA==")),
            destination: head(other, encryption: "aws:kms", checksum: crc("AAAAAA==")), proof: .checksum),
        Pair(
            testDescription: "other checksum of the whole", source: head(one, checksum: crc("AAAAAA==")),
            destination: head(other, checksum: crc("BBBBBB==")), proof: nil, isRefuted: true),
        Pair(
            testDescription: "composite of the same parts", source: head(one, checksum: crc("AAAAAA==-2", "COMPOSITE")),
            destination: head(other, checksum: crc("AAAAAA==-2", nil)), proof: .checksum),
        Pair(
            testDescription: "composite of other parts", source: head(one, checksum: crc("AAAAAA==-2", "COMPOSITE")),
            destination: head(other, checksum: crc("BBBBBB==-3", "COMPOSITE")), proof: nil),
        Pair(
            testDescription: "other algorithm", source: head(one, checksum: crc("AAAAAA==")),
            destination: head(
                other, checksum: ObjectChecksum(algorithm: "CRC32C", value: "AAAAAA==", type: "FULL_OBJECT")),
            proof: nil),
    ]

    @Test(arguments: pairs) func provesOnlyWhatIsKnown(_ pair: Pair) {
        #expect(ObjectProof.between(pair.source, pair.destination) == pair.proof)
        #expect(ObjectProof.between(pair.destination, pair.source) == pair.proof)
        #expect(ObjectProof.isRefuted(pair.source, pair.destination) == pair.isRefuted)
    }

    @Test func readsPartCounts() {
        #expect(ObjectProof.partCount(eTag: Self.one) == nil)
        #expect(ObjectProof.partCount(eTag: Self.one + "-12") == 12)
        #expect(ObjectProof.partCount(eTag: Self.one + "-0") == nil)
    }
}
