import AWSCore
import Manifests
import S3

/// The lines of a manifest, made from a listing, some kilobytes at a time.
struct ManifestLines {
    var summary = ManifestSummary()
    private let nextRow: (inout ManifestSummary) async throws -> RowBytes?
    private let isLong: Bool
    private var writer: BatchManifestWriter

    private static let chunkSize = 64 << 10

    init(_ request: ManifestRequest, _ s3: S3Client) {
        isLong = request.isLong
        writer = BatchManifestWriter(name: "\(request.target)")
        let bucket = request.prefix.bucket
        switch request.versions {
        case .current:
            var objects = s3.listObjectsV2(.init(bucket: bucket, prefix: request.prefix.prefix)).makeAsyncIterator()
            nextRow = { _ in try await objects.next().map { RowBytes($0, bucket: bucket) } }
        case .all:
            var versions = Self.versions(request.prefix, s3)
            nextRow = { summary in
                while let version = try await versions.next() {
                    guard version.isDeleteMarker else { return RowBytes(version, bucket: bucket) }
                    summary.deleted += 1
                }
                return nil
            }
        case .at(let moment):
            var versions = Self.versions(request.prefix, s3)
            var choice = PointInTime(at: moment)
            nextRow = { summary in
                defer { summary.deleted = choice.deleted }
                while let version = try await versions.next() {
                    if let current = choice.take(version) { return RowBytes(current, bucket: bucket) }
                }
                return choice.finish().map { RowBytes($0, bucket: bucket) }
            }
        }
    }

    /// The next lines; `nil` at the end.
    mutating func next() async throws -> [UInt8]? {
        var lines: [UInt8] = []
        while lines.count < Self.chunkSize, let row = try await nextRow(&summary) {
            if isLong { row.appendJSONLine(to: &lines) } else { lines += try writer.line(row.manifestRow) }
            summary.objects += 1
            summary.bytes &+= row.size ?? 0
        }
        return lines.isEmpty ? nil : lines
    }

    private static func versions(
        _ prefix: ObjectPrefix, _ s3: S3Client
    ) -> PagedSequence<ListedVersion, VersionMarker>.AsyncIterator {
        s3.listObjectVersions(.init(bucket: prefix.bucket, prefix: prefix.prefix)).makeAsyncIterator()
    }
}
