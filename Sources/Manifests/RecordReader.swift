/// Cuts bytes, in whatever chunks they come, into the fields of records.
///
/// It holds one record at a time, of at most `limit` bytes. A record ends with LF or CRLF; empty lines are left out.
struct RecordReader: Sendable {
    /// One record.
    struct Record: Sendable, Equatable {
        /// The line on which it begins, from 1.
        var line: Int
        /// Its fields, without quotes.
        var fields: [[UInt8]]
    }

    /// Why a record cannot be read.
    enum Problem: Error, Equatable {
        case tooLong(line: Int)
        case textBehindQuote(line: Int)
        case openQuote(line: Int)
    }

    /// The longest record in bytes: a key of 1,024 bytes is at most 3,072 when encoded; the rest is ample for JSON.
    static let limit = 16 << 10

    private let separator: UInt8?
    private let quote: UInt8?
    private var state = State.fieldStart
    private var fields: [[UInt8]] = []
    private var field: [UInt8] = []
    private var length = 0
    private var line = 1
    private var firstLine = 1
    private var wasQuoted = false

    private enum State {
        case fieldStart, plain, quoted, quoteSeen, carriageReturn
    }

    /// Makes a reader; without a separator a record is a line, whole.
    init(separator: UInt8?, quote: UInt8?) {
        self.separator = separator
        self.quote = quote
    }

    /// The records that end in these bytes.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(Problem) -> [Record] {
        var records: [Record] = []
        for byte in bytes {
            length += 1
            guard length <= Self.limit else { throw .tooLong(line: firstLine) }
            try take(byte, into: &records)
        }
        return records
    }

    /// The last record, if no line end followed it.
    mutating func finish() throws(Problem) -> [Record] {
        if state == .quoted { throw .openQuote(line: firstLine) }
        var records: [Record] = []
        endRecord(into: &records)
        return records
    }

    private mutating func take(_ byte: UInt8, into records: inout [Record]) throws(Problem) {
        if state == .quoted {
            if byte == quote { state = .quoteSeen } else { field.append(byte) }
            if byte == UInt8(ascii: "\n") { line += 1 }
            return
        }
        if state == .carriageReturn, byte != UInt8(ascii: "\n") {
            guard !wasQuoted else { throw .textBehindQuote(line: firstLine) }
            field.append(UInt8(ascii: "\r"))
            state = .plain
        }
        switch byte {
        case UInt8(ascii: "\n"):
            endRecord(into: &records)
            line += 1
            firstLine = line
        case UInt8(ascii: "\r"):
            state = .carriageReturn
        case _ where byte == separator:
            endField()
        case _ where byte == quote && state == .fieldStart:
            state = .quoted
            wasQuoted = true
        case _ where byte == quote && state == .quoteSeen:
            field.append(byte)
            state = .quoted
        case _ where state == .quoteSeen:
            throw .textBehindQuote(line: firstLine)
        default:
            field.append(byte)
            state = .plain
        }
    }

    private mutating func endField() {
        fields.append(field)
        field.removeAll(keepingCapacity: true)
        state = .fieldStart
        wasQuoted = false
    }

    private mutating func endRecord(into records: inout [Record]) {
        let isEmpty = fields.isEmpty && field.isEmpty && !wasQuoted
        endField()
        if !isEmpty { records.append(Record(line: firstLine, fields: fields)) }
        fields.removeAll(keepingCapacity: true)
        length = 0
    }
}
