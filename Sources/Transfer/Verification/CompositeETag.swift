import Checksums

/// The ETag that S3 gives an object made of parts.
enum CompositeETag {
    /// The MD5 of the parts' MD5s, with their number (User Guide, "Checking object integrity"); `nil` when a part's
    /// ETag is not an MD5.
    static func of(_ parts: [CopiedPart]) -> String? {
        var digests: [UInt8] = []
        digests.reserveCapacity(parts.count * 16)
        for part in parts {
            guard part.eTag.utf8.count == 32 else { return nil }
            var rest = part.eTag[...]
            while !rest.isEmpty {
                guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
                digests.append(byte)
                rest = rest.dropFirst(2)
            }
        }
        return MD5.digest(digests).map { "\($0.hexadecimal)-\(parts.count)" }
    }
}
