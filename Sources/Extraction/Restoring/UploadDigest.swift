internal import Checksums
internal import Jobs
internal import S3

/// What S3 would say of bytes that are uploaded as ``NewObject`` does, found as they pass.
struct UploadDigest: ~Copyable {
    private(set) var size: Int64 = 0
    private var crc = CRC(.crc64NVME)
    private var parts: [[UInt8]] = []
    private var part = MD5()
    private var partSize = 0

    /// The size of a part: 16 MiB, and from each thousandth on twice as much, up to 128 MiB.
    ///
    /// By its number and not by the member's size, which an archive can say anything about.
    static func partSize(_ number: Int) -> Int { (16 << 20) << min(3, (number - 1) / 1_000) }

    /// Adds bytes; what goes beyond a part begins the next.
    mutating func update(_ bytes: ArraySlice<UInt8>) {
        size += Int64(bytes.count)
        var rest = bytes
        while !rest.isEmpty {
            if partSize == Self.partSize(parts.count + 1) { endPart() }
            let piece = rest.prefix(Self.partSize(parts.count + 1) - partSize)
            // The digests read the bytes within the call.
            piece.withUnsafeBytes {
                part?.update($0)
                crc.update($0)
            }
            partSize += piece.count
            rest = rest.dropFirst(piece.count)
        }
    }

    private mutating func endPart() {
        if let digest = part.take()?.finish() { parts.append(digest) }
        part = MD5()
        partSize = 0
    }

    /// What is known of all bytes, which are the last.
    mutating func finish() -> Known {
        let isWhole = parts.isEmpty
        endPart()
        let eTag =
            isWhole
            ? parts.first?.hexadecimal
            : MD5.digest(parts.flatMap(\.self)).map { "\($0.hexadecimal)-\(parts.count)" }
        return Known(size: size, eTag: eTag, crc64NVME: crc.base64)
    }

    /// What S3 would say of them.
    struct Known: Equatable {
        var size: Int64
        /// Nil where libcrypto gives no MD5.
        var eTag: String?
        var crc64NVME: String

        /// Whether an object has these bytes; nil where what HeadObject says of it does not tell.
        func matches(_ head: HeadObjectOutput) -> Bool? {
            guard head.contentLength == size else { return false }
            // Under KMS an ETag is no digest (S3 User Guide, "Checking object integrity").
            let isDigest = ["AES256", nil].contains(head.properties.serverSideEncryption)
            if isDigest, let eTag, ObjectProof.isDigest(eTag: head.eTag) {
                if head.eTag.lowercased() == eTag { return true }
                if !head.eTag.contains("-"), !eTag.contains("-") { return false }
            }
            if let checksum = head.checksum, checksum.algorithm == CRC.Algorithm.crc64NVME.rawValue,
                checksum.type != "COMPOSITE"
            {
                return checksum.value == crc64NVME
            }
            return nil
        }
    }
}
