import FoundationEssentials

/// S3 Inventory's `manifest.json`: which files have the rows, and what their columns are.
/// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html)
public struct InventoryManifest: Sendable, Equatable {
    /// One file of rows, compressed with gzip.
    public struct File: Sendable, Equatable {
        /// Its key in the destination bucket.
        public var key: String
        /// How many bytes it has; `nil` where the manifest does not say.
        public var size: Int64?
        /// The MD5 of its bytes in hexadecimal.
        public var md5: String
    }

    /// The bucket that is listed.
    public var sourceBucket: String
    /// The bucket that has the files.
    public var destinationBucket: String
    /// The columns of every file.
    public var schema: InventorySchema
    /// The files, in their order.
    public var files: [File]

    /// Reads the document.
    ///
    /// - Parameters:
    ///   - json: All its bytes.
    ///   - name: What errors call it.
    /// - Throws: `ManifestError` for a document that is none, and for files that are not CSV.
    public init(json: [UInt8], name: String) throws(ManifestError) {
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(json))
        } catch {
            throw ManifestError(
                manifest: name,
                message: "this is no manifest.json of S3 Inventory, or it is not whole: \(place(of: error))")
        }
        guard document.fileFormat.uppercased() == "CSV" else {
            throw ManifestError(
                manifest: name,
                message: "its files are \(document.fileFormat); configure the inventory with the output format CSV")
        }
        sourceBucket = document.sourceBucket
        destinationBucket = document.destinationBucket.split(separator: ":").last.map(String.init) ?? ""
        schema = try InventorySchema(document.fileSchema, name: name)
        files = document.files.map { File(key: $0.key, size: $0.size, md5: $0.md5.lowercased()) }
    }

    private struct Document: Decodable {
        struct File: Decodable {
            var key: String
            var size: Int64?
            var md5: String

            enum CodingKeys: String, CodingKey {
                case key, size
                case md5 = "MD5checksum"
            }
        }

        var sourceBucket: String
        var destinationBucket: String
        var fileFormat: String
        var fileSchema: String
        var files: [File]
    }
}

/// What cannot be read of a document.
private func place(of error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "\(key.stringValue) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
        "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is not what it should be"
    default: "it is not JSON"
    }
}

extension ManifestFormat {
    /// Whether a manifest that begins with these bytes is S3 Inventory's `manifest.json`.
    public static func isInventory(_ beginning: [UInt8]) -> Bool {
        FormatDetection(sample: beginning, isWhole: true).candidates == [.inventory]
    }
}
