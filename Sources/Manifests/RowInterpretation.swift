import FoundationEssentials

/// What is wrong with one row.
struct RowProblem: Error, Equatable {
    var message: String
}

extension ManifestRow {
    /// S3's limit on a key (User Guide, "Naming Amazon S3 objects").
    static let longestKey = 1024

    /// The row that these fields make in a format.
    init(_ fields: [[UInt8]], format: ManifestFormat, defaultBucket: String?) throws(RowProblem) {
        switch format {
        case .batch: try self.init(batch: fields)
        case .index: try self.init(index: fields)
        case .versions: try self.init(version: fields, bucket: defaultBucket)
        case .keys, .inventory: try self.init(key: fields, bucket: defaultBucket)
        case .jsonLines: try self.init(json: fields[0])
        case .columns(let schema): try self.init(fields, of: schema.columns)
        }
        guard !key.isEmpty else { throw RowProblem(message: "the key is empty") }
        guard key.utf8.count <= Self.longestKey else {
            throw RowProblem(message: "the key has \(key.utf8.count) bytes; S3 takes \(Self.longestKey) at most")
        }
    }

    private init(batch fields: [[UInt8]]) throws(RowProblem) {
        guard (2...3).contains(fields.count) else {
            throw RowProblem(message: "\(fields.count) columns where Bucket,Key or Bucket,Key,VersionId is expected")
        }
        guard !isHeader(fields) else {
            throw RowProblem(message: "this is a header; S3 Batch Operations' manifests have none: remove the line")
        }
        self.init(bucket: try text(fields[0], "bucket"), key: try decodedKey(fields[1]))
        guard !bucket.isEmpty else { throw RowProblem(message: "the bucket is empty") }
        if fields.count == 3, !fields[2].isEmpty { versionId = try text(fields[2], "version id") }
    }

    private init(index fields: [[UInt8]]) throws(RowProblem) {
        guard fields.count == 3 else {
            throw RowProblem(message: "\(fields.count) columns where Bucket,Key,Size is expected")
        }
        self.init(bucket: try text(fields[0], "bucket"), key: try decodedKey(fields[1]))
        guard !bucket.isEmpty else { throw RowProblem(message: "the bucket is empty") }
        size = try bytes(try text(fields[2], "size"))
    }

    private init(_ fields: [[UInt8]], of columns: [InventorySchema.Column?]) throws(RowProblem) {
        guard fields.count == columns.count else {
            throw RowProblem(message: "\(fields.count) columns where --manifest-format names \(columns.count)")
        }
        self.init(bucket: "", key: "")
        for (field, column) in zip(fields, columns) {
            let value = column == nil || field.isEmpty ? nil : try text(field, column?.rawValue ?? "")
            switch column {
            case .bucket: bucket = value ?? ""
            case .key: key = try decodedKey(field)
            case .versionId: versionId = value
            case .size: if let value { size = try bytes(value) }
            case .lastModified: lastModified = value
            case .eTag: eTag = value
            case .storageClass: storageClass = value
            case .checksumAlgorithm: checksumAlgorithm = value
            case .isLatest, .isDeleteMarker, nil: continue
            }
        }
        guard !bucket.isEmpty else { throw RowProblem(message: "the bucket is empty") }
    }

    private init(version fields: [[UInt8]], bucket: String?) throws(RowProblem) {
        guard fields.count == 2 else {
            throw RowProblem(message: "\(fields.count) columns where key,versionId is expected")
        }
        self.init(bucket: try given(bucket), key: try text(fields[0], "key"))
        versionId = try text(fields[1], "version id")
    }

    private init(key fields: [[UInt8]], bucket: String?) throws(RowProblem) {
        self.init(bucket: try given(bucket), key: try text(fields[0], "key"))
    }

    private init(json line: [UInt8]) throws(RowProblem) {
        do {
            self = try JSONDecoder().decode(ManifestRow.self, from: Data(line))
        } catch {
            throw RowProblem(message: "not a JSON object with a bucket and a key")
        }
    }
}

private func text(_ bytes: [UInt8], _ what: String) throws(RowProblem) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw RowProblem(message: "the \(what) is not UTF-8")
    }
    return text
}

private func bytes(_ text: String) throws(RowProblem) -> Int64 {
    guard let size = Int64(text), size >= 0 else { throw RowProblem(message: "the size is no number of bytes") }
    return size
}

private func decodedKey(_ bytes: [UInt8]) throws(RowProblem) -> String {
    guard let key = KeyEncoding.decode(bytes) else {
        throw RowProblem(message: "the key is not URL-encoded UTF-8; write it as %XX, a space as %20, a % as %25")
    }
    return key
}

private func given(_ bucket: String?) throws(RowProblem) -> String {
    guard let bucket else {
        throw RowProblem(message: "the manifest names no bucket; give the source bucket too: s3://BUCKET")
    }
    return bucket
}
