/// Tells the format of a manifest from its beginning.
struct FormatDetection {
    /// How much of a manifest is looked at, in bytes.
    static let sampleSize = 64 << 10

    private let sample: [UInt8]

    /// Looks at the beginning of a manifest; a row that is cut off at its end is left out, unless it is the only one.
    init(sample: [UInt8], isWhole: Bool) {
        let end = isWhole ? nil : sample.lastIndex(of: UInt8(ascii: "\n"))
        self.sample = end.map { Array(sample[...$0]) } ?? sample
    }

    /// All formats that every row of the sample fits. None for an empty manifest too.
    var candidates: [ManifestFormat] {
        if let json { return [json] }
        return [ManifestFormat.batch, .index, .versions, .keys].filter(fits)
    }

    /// Whether there is a row at all.
    var isEmpty: Bool { sample.allSatisfy { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } }

    private var json: ManifestFormat? {
        let text = String(decoding: sample, as: UTF8.self)
        guard text.drop(while: \.isWhitespace).first == "{" else { return nil }
        if text.contains("\"fileSchema\"") || text.contains("\"sourceBucket\"") { return .inventory }
        return text.contains("\"key\"") && text.contains("\"bucket\"") ? .jsonLines : nil
    }

    private func fits(_ format: ManifestFormat) -> Bool {
        var reader = format.recordReader
        guard let complete = try? reader.read(sample), let last = try? reader.finish() else { return false }
        let rows = (complete + last).map(\.fields)
        guard let first = rows.first else { return false }
        switch format {
        case .batch:
            if isHeader(first) { return true }
            return rows.allSatisfy { $0.count == first.count && isBatchRow($0) } && !rows.allSatisfy(isIndexRow)
        case .index: return rows.allSatisfy(isIndexRow)
        case .versions: return rows.allSatisfy { $0.count == 2 && isVersionId($0[1]) }
        case .keys: return rows.contains { !$0[0].contains(UInt8(ascii: ",")) }
        case .jsonLines, .inventory, .columns: return false
        }
    }

    private func isBatchRow(_ row: [[UInt8]]) -> Bool {
        (2...3).contains(row.count) && isBucketName(row[0]) && !row[1].isEmpty && KeyEncoding.decode(row[1]) != nil
    }

    private func isIndexRow(_ row: [[UInt8]]) -> Bool {
        // The largest object, of 48.8 TiB, has a size of 14 digits; version ids are longer.
        row.count == 3 && isBatchRow(row) && (1...14).contains(row[2].count) && row[2].allSatisfy(isDigit)
    }

    /// A bucket name by S3's rules: 3 to 63 of a-z, 0-9, dot and hyphen, with a letter or digit at both ends.
    private func isBucketName(_ name: [UInt8]) -> Bool {
        guard (3...63).contains(name.count), let first = name.first, let last = name.last else { return false }
        let punctuation: [UInt8] = [UInt8(ascii: "."), UInt8(ascii: "-")]
        return name.allSatisfy { isDigit($0) || isLowercase($0) || punctuation.contains($0) }
            && !punctuation.contains(first) && !punctuation.contains(last)
    }

    /// `null`, or at least 16 characters of those that S3 and the stores like it make version ids of.
    private func isVersionId(_ id: [UInt8]) -> Bool {
        let punctuation: [UInt8] = [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")]
        return id == Array("null".utf8)
            || id.count >= 16
                && id.allSatisfy { isDigit($0) || isLowercase($0 | 0x20) || punctuation.contains($0) }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private func isLowercase(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}

/// Whether a row is the header that S3 Batch Operations' manifests must not have.
func isHeader(_ fields: [[UInt8]]) -> Bool {
    fields.count >= 2
        && fields.prefix(2).map { String(decoding: $0, as: UTF8.self).lowercased() } == ["bucket", "key"]
}

extension ManifestFormat {
    /// What cuts the format into records.
    var recordReader: RecordReader {
        switch self {
        case .batch, .index, .columns: RecordReader(separator: UInt8(ascii: ","), quote: UInt8(ascii: "\""))
        case .versions: RecordReader(separator: UInt8(ascii: ","), quote: UInt8(ascii: "\\"))
        case .keys, .jsonLines, .inventory: RecordReader(separator: nil, quote: nil)
        }
    }
}
