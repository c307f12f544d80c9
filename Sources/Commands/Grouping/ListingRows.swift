import AWSCore
import FoundationEssentials
import Manifests
import S3

/// The rows that a listing of a bucket makes, a page at a time.
struct ListingRows: ObjectRows {
    private let nextRow: () async throws -> RowBytes?
    private var batch: ArraySlice<RowBytes> = []

    /// S3 gives as many objects a page (S3 API Reference: ListObjectsV2).
    private static let pageSize = 1_000

    /// Lists the current objects, or all versions and delete markers.
    init(_ prefix: ObjectPrefix, allVersions: Bool, _ s3: S3Client) {
        if allVersions {
            var versions = s3.listObjectVersions(.init(bucket: prefix.bucket, prefix: prefix.prefix))
                .makeAsyncIterator()
            nextRow = { try await versions.next().map { RowBytes($0, bucket: prefix.bucket) } }
        } else {
            var objects = s3.listObjectsV2(.init(bucket: prefix.bucket, prefix: prefix.prefix)).makeAsyncIterator()
            nextRow = { try await objects.next().map { RowBytes($0, bucket: prefix.bucket) } }
        }
    }

    mutating func fill() async throws -> Bool {
        var rows: [RowBytes] = []
        while rows.count < Self.pageSize, let row = try await nextRow() { rows.append(row) }
        batch = rows[...]
        return !rows.isEmpty
    }

    mutating func next(into row: inout RowBytes) -> Bool {
        guard let next = batch.popFirst() else { return false }
        row = next
        return true
    }
}

extension RowBytes {
    init(_ object: ListedObject, bucket: String) {
        var row = ManifestRow(bucket: bucket, key: object.key, size: object.size)
        row.eTag = object.eTag
        row.lastModified = object.lastModified.map(timestamp)
        row.storageClass = object.storageClass
        row.checksumAlgorithm = object.checksumAlgorithm
        self.init()
        set(row)
    }

    init(_ version: ListedVersion, bucket: String) {
        var row = ManifestRow(bucket: bucket, key: version.key, versionId: version.versionId)
        if !version.isDeleteMarker { row.size = version.size }
        row.eTag = version.eTag
        row.lastModified = version.lastModified.map(timestamp)
        row.storageClass = version.storageClass
        row.checksumAlgorithm = version.checksumAlgorithm
        self.init()
        set(row)
        isLatest = version.isLatest
        isDeleteMarker = version.isDeleteMarker
    }
}

/// A time in seconds since 1970 as S3 writes it: `2026-01-05T10:00:00Z`.
func timestamp(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
}
