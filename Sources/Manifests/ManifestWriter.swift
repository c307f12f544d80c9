import FoundationEssentials

/// Writes S3 Batch Operations' CSV: `Bucket,Key` or `Bucket,Key,VersionId`, keys URL-encoded.
///
/// S3 takes a manifest only if all of its rows have a version id, or none.
public struct BatchManifestWriter: Sendable {
    private let name: String
    private var hasVersions: Bool?

    /// Makes a writer; `name` is what errors call the manifest.
    public init(name: String) { self.name = name }

    /// The line of a row, with its line end.
    ///
    /// - Throws: `ManifestError` when the rows before had a version id and this one has none, or the reverse.
    public mutating func line(_ row: ManifestRow) throws(ManifestError) -> [UInt8] {
        let hasVersion = row.versionId != nil
        guard hasVersions ?? hasVersion == hasVersion else {
            throw ManifestError(
                manifest: name,
                message: "\(hasVersion ? "only some" : "not all") rows have a version id (\(row.key)); "
                    + "S3 Batch Operations wants one in all rows or in none")
        }
        hasVersions = hasVersion
        let fields = [row.bucket, KeyEncoding.encodeForManifest(row.key)] + (row.versionId.map { [$0] } ?? [])
        return Array(fields.joined(separator: ",").utf8) + [UInt8(ascii: "\n")]
    }
}

/// Writes JSON Lines with all that is known of each row.
public struct JSONLinesManifestWriter: Sendable {
    /// Makes a writer.
    public init() {}

    /// The line of a row, with its line end.
    public func line(_ row: ManifestRow) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(row)) + [UInt8(ascii: "\n")]
    }
}
