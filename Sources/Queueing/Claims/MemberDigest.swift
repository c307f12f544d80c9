internal import Checksums
public import Manifests

/// What tells one version of one object from all others, in 16 bytes: the beginning of a SHA-256.
public struct MemberDigest: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    /// The size in bytes.
    static let size = 16

    /// The digest of an object: of its bucket, key, version and ETag.
    ///
    /// An object that was replaced since has another ETag, and is another member.
    public init(_ row: ManifestRow) {
        var bytes: [UInt8] = []
        for field in [row.bucket, row.key, row.versionId ?? "", row.eTag ?? ""] {
            bytes += field.utf8
            // No UTF-8 has this byte, so that no two lists of fields are the same bytes.
            bytes.append(0xFF)
        }
        self.init(SHA256.digest(bytes).prefix(Self.size))
    }

    /// Reads 16 bytes.
    init(_ bytes: some Collection<UInt8>) {
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The 16 bytes as 32 digits.
    var hexadecimal: String { bytes.hexadecimal }

    /// The 16 bytes.
    var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }
}
