/// How keys are URL-encoded in manifests and in S3 Batch Operations' events.
public enum KeyEncoding {
    /// The key behind its URL-encoding: `+` is a space, `%XX` a byte.
    ///
    /// This is what S3 Batch Operations does with the keys of its manifests, and what Lambda functions do with the keys
    /// it hands them (`unquote_plus` in AWS's samples).
    ///
    /// - Returns: `nil` when a `%` is not followed by two hexadecimal digits, or the bytes are not UTF-8.
    public static func decode(_ encoded: some Collection<UInt8>) -> String? {
        var key = Array(encoded)
        return decode(&key) ? String(decoding: key, as: UTF8.self) : nil
    }

    /// Puts the key in the place of its URL-encoding, as `decode` gives it; says whether it is one.
    static func decode(_ key: inout [UInt8]) -> Bool {
        var isASCII = true
        var end = 0
        var position = 0
        while position < key.count {
            var byte = key[position]
            position += 1
            if byte == UInt8(ascii: "+") {
                byte = UInt8(ascii: " ")
            } else if byte == UInt8(ascii: "%") {
                guard position + 1 < key.count, let high = hexadecimalValue(key[position]),
                    let low = hexadecimalValue(key[position + 1])
                else { return false }
                byte = high << 4 | low
                position += 2
            }
            if byte >= 0x80 { isASCII = false }
            key[end] = byte
            end += 1
        }
        key.removeLast(key.count - end)
        return isASCII || String(validating: key, as: UTF8.self) != nil
    }

    /// The key as a manifest has it: decoded right by readers that take `+` for a space and by those that do not.
    public static func encodeForManifest(_ key: String) -> String { encode(key, space: "%20") }

    /// The key as S3 Batch Operations hands it to a function: as HTML forms encode it, but for the slash.
    public static func encodeForEvent(_ key: String) -> String { encode(key, space: "+") }

    private static func encode(_ key: String, space: StaticString) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(key.utf8.count)
        for byte in key.utf8 {
            if byte == UInt8(ascii: " ") {
                space.withUTF8Buffer { encoded.append(contentsOf: $0) }
            } else if isLiteral(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), hexadecimalDigit(byte >> 4), hexadecimalDigit(byte & 15)]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isLiteral(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: "/"):
            true
        default:
            false
        }
    }

    private static func hexadecimalValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
