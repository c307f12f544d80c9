internal import Manifests

/// How much one archive takes: S3's 10,000 parts, of the sizes that `PartSize` has room for in memory, are 582 GiB; the
/// rest is for headers.
enum ArchiveLimit {
    /// The most bytes of objects.
    static let mostBytes: Int64 = 580 << 30

    /// Refuses a manifest that says itself that it is too large, before anything is read.
    ///
    /// Sizes are in all rows of a manifest, or in none.
    ///
    /// - Parameters:
    ///   - rows: The manifest, from its beginning.
    ///   - maxSize: The largest object that goes into an archive.
    /// - Throws: `BundleFailure`, and what `rows` throws.
    static func check(_ rows: RowSource, maxSize: Int64) async throws {
        var total: Int64 = 0
        while let row = try await rows(), let size = row.size {
            guard size >= 0, size <= min(maxSize, mostBytes) else { continue }
            try check(total, and: size)
            total += size
        }
    }

    /// Refuses one more object where there is no room for it.
    static func check(_ total: Int64, and size: Int64) throws(BundleFailure) {
        guard size > mostBytes - total else { return }
        throw BundleFailure(
            "Manifest", "its objects have more than 580 GiB together, and one archive takes no more",
            code: "EntityTooLarge", advice: "split the manifest, as by s3haul group, or lower --max-size")
    }
}
