/// Reads a manifest from chunks of bytes, of whatever size they come in.
///
/// It holds the first 64 KiB until it knows the format, and after that one row of at most 16 KiB.
public struct ManifestParser: Sendable {
    /// The format; `nil` until it is known.
    public private(set) var format: ManifestFormat?
    private let name: String
    private let defaultBucket: String?
    private var records: RecordReader
    private var sample: [UInt8] = []
    private var isAtStart = true

    /// Makes a parser.
    ///
    /// - Parameters:
    ///   - name: What errors call the manifest.
    ///   - format: Its format; `nil` tells it from the content.
    ///   - bucket: The bucket of keys in formats that name none.
    public init(name: String, format: ManifestFormat? = nil, bucket: String? = nil) {
        self.name = name
        self.format = format
        defaultBucket = bucket
        records = (format ?? .keys).recordReader
    }

    /// The rows that end in these bytes.
    ///
    /// - Throws: `ManifestError` for a row that cannot be understood, or a format that cannot be told.
    public mutating func parse(_ bytes: [UInt8]) throws(ManifestError) -> [ManifestRow] {
        if format != nil, !isAtStart { return try rows(of: bytes) }
        sample += bytes
        guard format != nil ? sample.count >= 3 : sample.count >= FormatDetection.sampleSize else { return [] }
        return try begin(isWhole: false)
    }

    /// The rows that are left when there are no more bytes.
    ///
    /// - Throws: `ManifestError` for a row that cannot be understood, or a format that cannot be told.
    public mutating func finish() throws(ManifestError) -> [ManifestRow] {
        let early = isAtStart ? try begin(isWhole: true) : []
        let last: [RecordReader.Record]
        do throws(RecordReader.Problem) { last = try records.finish() } catch { throw explain(error) }
        return early + (try interpret(last))
    }

    private mutating func begin(isWhole: Bool) throws(ManifestError) -> [ManifestRow] {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = sample.starts(with: byteOrderMark) ? Array(sample.dropFirst(3)) : sample
        if format == nil {
            guard let detected = try detect(content, isWhole: isWhole) else { return [] }
            format = detected
            records = detected.recordReader
        }
        isAtStart = false
        sample = []
        return try rows(of: content)
    }

    private func detect(_ content: [UInt8], isWhole: Bool) throws(ManifestError) -> ManifestFormat? {
        let detection = FormatDetection(sample: content, isWhole: isWhole)
        if isWhole, detection.isEmpty { return nil }
        let candidates = detection.candidates
        if let only = candidates.first, candidates.count == 1 { return only }
        let possible = candidates.isEmpty ? ManifestFormat.allCases : candidates
        let ways = possible.map { "\($0.rawValue) (\($0.shape))" }.joined(separator: ", ")
        throw fault("its format cannot be told from its content; say --manifest-format with one of \(ways)")
    }

    private mutating func rows(of bytes: [UInt8]) throws(ManifestError) -> [ManifestRow] {
        if format == .inventory {
            throw fault("S3 Inventory's manifest.json names the files that have the rows; it has none itself")
        }
        let complete: [RecordReader.Record]
        do throws(RecordReader.Problem) { complete = try records.read(bytes) } catch { throw explain(error) }
        return try interpret(complete)
    }

    private func interpret(_ records: [RecordReader.Record]) throws(ManifestError) -> [ManifestRow] {
        var rows: [ManifestRow] = []
        rows.reserveCapacity(records.count)
        for record in records {
            do throws(RowProblem) {
                rows.append(try ManifestRow(record.fields, format: format ?? .keys, defaultBucket: defaultBucket))
            } catch {
                throw fault(error.message, line: record.line)
            }
        }
        return rows
    }

    private func explain(_ problem: RecordReader.Problem) -> ManifestError {
        switch problem {
        case .tooLong(let line): fault("the row is longer than \(RecordReader.limit) bytes", line: line)
        case .textBehindQuote(let line): fault("there is text behind a closing quote", line: line)
        case .openQuote(let line): fault("the quote that opens here is never closed", line: line)
        }
    }

    private func fault(_ message: String, line: Int? = nil) -> ManifestError {
        ManifestError(manifest: name, line: line, message: message)
    }
}
