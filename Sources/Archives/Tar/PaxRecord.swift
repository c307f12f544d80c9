/// The records of a pax header: `length keyword=value` and a line feed, where the length counts the whole record.
enum PaxRecord {
    /// A record's bytes.
    static func bytes(_ keyword: String, _ value: [UInt8]) -> [UInt8] {
        let content = [UInt8(ascii: " ")] + Array(keyword.utf8) + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
        var length = content.count
        while String(length).utf8.count + content.count != length {
            length = String(length).utf8.count + content.count
        }
        return Array(String(length).utf8) + content
    }

    /// The records in a header's data; of two with one keyword, the last.
    ///
    /// - Returns: nil where a record breaks the form.
    static func parse(_ data: [UInt8]) -> [String: [UInt8]]? {
        var records: [String: [UInt8]] = [:]
        var rest = data[...]
        while !rest.isEmpty {
            // No record is longer than 999,999,999,999 bytes; more digits could overflow.
            let digits = rest.prefix(12).prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            let length = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            guard !digits.isEmpty, length <= rest.count, length > digits.count + 2 else { return nil }
            let record = rest.prefix(length).dropFirst(digits.count)
            guard record.first == UInt8(ascii: " "), record.last == UInt8(ascii: "\n"),
                let equals = record.firstIndex(of: UInt8(ascii: "="))
            else { return nil }
            let keyword = String(decoding: record[(record.startIndex + 1)..<equals], as: UTF8.self)
            records[keyword] = Array(record[(equals + 1)...].dropLast())
            rest = rest.dropFirst(length)
        }
        return records
    }
}
