/// The formats in which a manifest is read. The raw values are those of `--manifest-format`.
public enum ManifestFormat: String, Sendable, CaseIterable {
    /// S3 Batch Operations' CSV: `Bucket,Key` or `Bucket,Key,VersionId`, keys URL-encoded, without a header.
    case batch
    /// s3grouper's `.index`: `Bucket,Key,Size`, keys URL-encoded.
    case index
    /// S3-Version-Utilities' CSV: `key,versionId`, keys as they are, a backslash as the quote.
    case versions
    /// One key a line, as it is.
    case keys
    /// JSON Lines with `bucket`, `key` and more, as `--long` writes them.
    case jsonLines = "jsonl"
    /// S3 Inventory's `manifest.json`, which names the files that have the rows.
    case inventory

    /// What a row of the format is, for messages and help.
    public var shape: String {
        switch self {
        case .batch: "S3 Batch Operations CSV: Bucket,Key[,VersionId]"
        case .index: "s3grouper index: Bucket,Key,Size"
        case .versions: "S3-Version-Utilities CSV: key,versionId"
        case .keys: "a key a line"
        case .jsonLines: "JSON Lines with bucket and key"
        case .inventory: "S3 Inventory manifest.json"
        }
    }
}
