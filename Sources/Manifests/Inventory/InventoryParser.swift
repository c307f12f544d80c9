/// Reads the rows of an inventory's unpacked CSV file, from chunks of whatever size they come in.
///
/// A chunk is held until its rows are read, and of the row that it cuts off at most `RecordReader.limit` bytes.
public struct InventoryParser: Sendable {
    private let name: String
    private let schema: InventorySchema
    private var buffer: [UInt8] = []
    private var position = 0
    private var fields: [Range<Int>] = []
    private var line = 0
    /// Whether a quote stands in a field of the row, where it is doubled.
    private var hasDoubledQuotes = false
    /// Whether there is nothing in the buffer that may not be UTF-8.
    private var isASCII = true

    /// Makes a parser of one file.
    ///
    /// - Parameters:
    ///   - name: What errors call the file.
    ///   - schema: Its columns.
    public init(name: String, schema: InventorySchema) {
        self.name = name
        self.schema = schema
    }

    /// Takes more bytes, when all rows of those before are read.
    ///
    /// - Throws: `ManifestError` for a row that is too long to be one.
    public mutating func feed(_ bytes: [UInt8]) throws(ManifestError) {
        defer { isASCII = !buffer.contains { $0 >= 0x80 } }
        guard position < buffer.count else {
            buffer = bytes
            position = 0
            return
        }
        guard buffer.count - position <= RecordReader.limit else {
            throw fault(
                "the row is longer than \(RecordReader.limit) bytes, or a quote in it is never closed", line + 1)
        }
        buffer.removeSubrange(..<position)
        buffer += bytes
        position = 0
    }

    /// Says that there are no more bytes, so that a last row without a line end is one.
    public mutating func end() throws(ManifestError) {
        if position < buffer.count { try feed([UInt8(ascii: "\n")]) }
    }

    /// Reads the next row.
    ///
    /// - Parameter row: What it is read into.
    /// - Returns: Whether there was one; where not, more bytes are needed.
    /// - Throws: `ManifestError` with the number of a row that cannot be understood.
    public mutating func next(into row: inout RowBytes) throws(ManifestError) -> Bool {
        while true {
            guard let end = try scan() else { return false }
            let start = position
            position = end
            line += 1
            if fields.count == 1, fields[0].isEmpty { continue }
            guard isASCII || String(validating: buffer[start..<end], as: UTF8.self) != nil else {
                throw fault("the row is not UTF-8", line)
            }
            try read(into: &row)
            return true
        }
    }

    /// Finds the fields of the next row, without their quotes.
    ///
    /// - Returns: Where the row behind it begins; `nil` where its end is not there yet.
    private mutating func scan() throws(ManifestError) -> Int? {
        fields.removeAll(keepingCapacity: true)
        hasDoubledQuotes = false
        let count = buffer.count
        var at = position
        while at < count {
            var start = at
            if buffer[at] == UInt8(ascii: "\"") {
                start += 1
                guard let end = closingQuote(from: start) else { return nil }
                fields.append(start..<end)
                at = end + 1
                if at < count, buffer[at] == UInt8(ascii: "\r") { at += 1 }
            } else {
                while at < count, buffer[at] != UInt8(ascii: ","), buffer[at] != UInt8(ascii: "\n") { at += 1 }
                let hasReturn = at > start && at < count && buffer[at - 1] == UInt8(ascii: "\r")
                fields.append(start..<(hasReturn && buffer[at] == UInt8(ascii: "\n") ? at - 1 : at))
            }
            guard at < count else { return nil }
            if buffer[at] == UInt8(ascii: "\n") { return at + 1 }
            guard buffer[at] == UInt8(ascii: ",") else { throw fault("there is text behind a closing quote", line + 1) }
            at += 1
        }
        return nil
    }

    /// Where the quote is that ends a field, and not the first of two that stand for one.
    private mutating func closingQuote(from start: Int) -> Int? {
        let count = buffer.count
        var at = start
        while at < count {
            if buffer[at] == UInt8(ascii: "\"") {
                guard at + 1 < count else { return nil }
                guard buffer[at + 1] == UInt8(ascii: "\"") else { return at }
                hasDoubledQuotes = true
                at += 1
            }
            at += 1
        }
        return nil
    }

    private func read(into row: inout RowBytes) throws(ManifestError) {
        guard fields.count == schema.columns.count else {
            throw fault("\(fields.count) columns where the manifest's fileSchema has \(schema.columns.count)", line)
        }
        row.clear()
        var isVersioned = false
        for index in fields.indices {
            let field = fields[index]
            switch schema.columns[index] {
            case .bucket: append(field, to: &row.bucket)
            case .key: append(field, to: &row.key)
            case .versionId:
                append(field, to: &row.versionId)
                isVersioned = true
            case .isLatest: row.isLatest = isTrue(field)
            case .isDeleteMarker: row.isDeleteMarker = isTrue(field)
            case .size: row.size = try size(field)
            case .lastModified: append(field, to: &row.lastModified)
            case .eTag: append(field, to: &row.eTag)
            case .storageClass: append(field, to: &row.storageClass)
            case .checksumAlgorithm: append(field, to: &row.checksumAlgorithm)
            case nil: continue
            }
        }
        // An object from before the bucket had versions, which S3 Batch Operations wants to be called so.
        if isVersioned, row.versionId.isEmpty { row.versionId += "null".utf8 }
        guard KeyEncoding.decode(&row.key) else {
            throw fault("the key is not URL-encoded UTF-8", line)
        }
        guard !row.key.isEmpty, !row.bucket.isEmpty else { throw fault("the bucket or the key is empty", line) }
    }

    private func append(_ field: Range<Int>, to text: inout [UInt8]) {
        guard hasDoubledQuotes else { return text += buffer[field] }
        var isSecond = false
        for byte in buffer[field] {
            isSecond = byte == UInt8(ascii: "\"") && !isSecond
            if !isSecond { text.append(byte) }
        }
    }

    private func isTrue(_ field: Range<Int>) -> Bool {
        field.count == 4 && buffer[field.lowerBound] | 0x20 == UInt8(ascii: "t")
    }

    /// A size in bytes; `nil` for the empty one that delete markers have.
    private func size(_ field: Range<Int>) throws(ManifestError) -> Int64? {
        guard !field.isEmpty else { return nil }
        var size: Int64 = 0
        for byte in buffer[field] {
            let digit = byte &- UInt8(ascii: "0")
            // The largest object, of 48.8 TiB, has a size of 14 digits.
            guard digit < 10, size < 1 << 56 else { throw fault("the size is no number of bytes", line) }
            size = size * 10 + Int64(digit)
        }
        return size
    }

    private func fault(_ message: String, _ line: Int) -> ManifestError {
        ManifestError(manifest: name, line: line, message: message)
    }
}
