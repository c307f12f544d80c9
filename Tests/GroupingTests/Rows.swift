import Manifests

/// A row of a test.
func row(
    _ key: String, bucket: String = "b", size: Int64? = 1, modified: String = "2026-01-05T23:59:59.000Z",
    storageClass: String = "STANDARD", versionId: String? = nil
) -> RowBytes {
    var row = ManifestRow(bucket: bucket, key: key, versionId: versionId, size: size)
    row.lastModified = modified.isEmpty ? nil : modified
    row.storageClass = storageClass
    var bytes = RowBytes()
    bytes.set(row)
    return bytes
}
