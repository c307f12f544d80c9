/// The formats in which a manifest is read. The raw values are those of `--manifest-format`.
public enum ManifestFormat: Sendable, Equatable {
    /// S3 Batch Operations' CSV: `Bucket,Key` or `Bucket,Key,VersionId`, keys URL-encoded, without a header.
    case batch
    /// s3grouper's `.index`: `Bucket,Key,Size`, keys URL-encoded.
    case index
    /// S3-Version-Utilities' CSV: `key,versionId`, keys as they are, a backslash as the quote.
    case versions
    /// One key a line, as it is.
    case keys
    /// JSON Lines with `bucket`, `key` and more, as `--long` writes them.
    case jsonLines
    /// S3 Inventory's `manifest.json`, which names the files that have the rows.
    case inventory
    /// CSV of these columns, keys URL-encoded, without a header: what S3Bundler takes by `--fieldnames`.
    case columns(InventorySchema)

    /// What a row of the format is, for messages and help.
    public var shape: String {
        switch self {
        case .batch: "S3 Batch Operations CSV: Bucket,Key[,VersionId]"
        case .index: "s3grouper index: Bucket,Key,Size"
        case .versions: "S3-Version-Utilities CSV: key,versionId"
        case .keys: "a key a line"
        case .jsonLines: "JSON Lines with bucket and key"
        case .inventory: "S3 Inventory manifest.json"
        case .columns: "CSV of these columns: \(rawValue)"
        }
    }
}

extension ManifestFormat: RawRepresentable, CaseIterable {
    /// The formats that have a name.
    public static let allCases: [ManifestFormat] = [.batch, .index, .versions, .keys, .jsonLines, .inventory]

    /// The format of a name; or of columns, by the names that S3 Inventory has for them, with commas between them.
    public init?(rawValue: String) {
        if let named = Self.allCases.first(where: { $0.rawValue == rawValue }) {
            self = named
            return
        }
        // What these two say of a row no manifest of objects has room for.
        let unusable: [InventorySchema.Column] = [.isLatest, .isDeleteMarker]
        guard let schema = try? InventorySchema(rawValue, name: rawValue),
            !schema.columns.contains(where: { $0.map(unusable.contains) == true })
        else { return nil }
        self = .columns(schema)
    }

    /// What `--manifest-format` calls it; columns that are passed over have no name.
    public var rawValue: String {
        switch self {
        case .batch: "batch"
        case .index: "index"
        case .versions: "versions"
        case .keys: "keys"
        case .jsonLines: "jsonl"
        case .inventory: "inventory"
        case .columns(let schema): schema.columns.map { $0?.rawValue ?? "" }.joined(separator: ",")
        }
    }
}
