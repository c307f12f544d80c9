/// The columns of an inventory's files, as `fileSchema` of its manifest names them.
public struct InventorySchema: Sendable, Equatable {
    /// The columns that are read; all others are passed over.
    /// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html#storage-inventory-contents)
    enum Column: String {
        case bucket = "Bucket"
        case key = "Key"
        case versionId = "VersionId"
        case isLatest = "IsLatest"
        case isDeleteMarker = "IsDeleteMarker"
        case size = "Size"
        case lastModified = "LastModifiedDate"
        case eTag = "ETag"
        case storageClass = "StorageClass"
        case checksumAlgorithm = "ChecksumAlgorithm"
    }

    let columns: [Column?]

    /// Reads a list of names, with commas between them.
    ///
    /// - Parameters:
    ///   - text: The list.
    ///   - name: What errors call the manifest.
    /// - Throws: `ManifestError` where bucket or key are missing.
    public init(_ text: String, name: String) throws(ManifestError) {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0.filter { !$0.isWhitespace }) }
        columns = names.map(Column.init(rawValue:))
        for column in [Column.bucket, .key] where !columns.contains(column) {
            throw ManifestError(manifest: name, message: "its fileSchema has no column \(column.rawValue)")
        }
    }
}
