internal import Checksums
internal import Manifests

/// The rows of a manifest that were read, by a digest of each.
///
/// Memory: 16 bytes a row, and the spare room of a set: 22 to 43 bytes, which is 4 MB for 100,000 rows. Half of a
/// SHA-256 collides for nobody, by chance or on purpose.
struct SeenRows {
    private var digests: Set<UInt128> = []

    /// Adds a row.
    ///
    /// - Returns: Whether it is new.
    mutating func insert(_ row: ManifestRow) -> Bool {
        var name = Array(row.bucket.utf8) + [0]
        name += Array((row.versionId ?? "").utf8) + [0]
        name += row.key.utf8
        return digests.insert(SHA256.digest(name).prefix(16).reduce(0) { $0 << 8 | UInt128($1) }).inserted
    }
}
