internal import FoundationEssentials

/// What tells the files of one attempt from those of others: its time, and a number nobody else has.
enum AttemptName {
    /// A name such as `20261121T084501Z-9f3a5c0e`.
    ///
    /// - Parameter now: Seconds since 1970.
    /// - Returns: The name.
    static func new(now: Int64) -> String {
        let time = Date(timeIntervalSince1970: Double(now)).formatted(.iso8601).replacing("-", with: "")
            .replacing(":", with: "")
        return "\(time)-\(String(UInt32.random(in: .min ... .max) | 0x1000_0000, radix: 16))"
    }

    /// Whether a key is a prefix, the name of an attempt, and `.jsonl`.
    static func isIn(_ key: String, after prefix: String) -> Bool {
        let pattern = "00000000T000000Z-ffffffff.jsonl"
        guard key.utf8.count == prefix.utf8.count + pattern.utf8.count, key.utf8.starts(with: prefix.utf8) else {
            return false
        }
        return zip(key.utf8.suffix(pattern.utf8.count), pattern.utf8).allSatisfy { byte, expected in
            switch expected {
            case UInt8(ascii: "0"): (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            case UInt8(ascii: "f"): "0123456789abcdef".utf8.contains(byte)
            default: byte == expected
            }
        }
    }
}
