extension [UInt8] {
    /// The bytes in hexadecimal, in lower case.
    public var hexadecimal: String {
        // All of the capacity that is asked for is written, and no more.
        String(unsafeUninitializedCapacity: count * 2) { text in
            for (index, byte) in enumerated() {
                text[index * 2] = hexadecimalDigit(byte >> 4)
                text[index * 2 + 1] = hexadecimalDigit(byte & 15)
            }
            return count * 2
        }
    }

    /// The bytes in base64, padded (RFC 4648).
    public var base64: String {
        let size = (count + 2) / 3 * 4
        // All of the capacity that is asked for is written, and no more.
        return String(unsafeUninitializedCapacity: size) { text in
            for group in 0..<(size / 4) {
                let rest = self[(group * 3)..<Swift.min(group * 3 + 3, count)]
                let bits = rest.reduce(0) { $0 << 8 | UInt32($1) } << (8 * (3 - UInt32(rest.count)))
                for digit in 0..<4 {
                    let isPadding = digit > rest.count
                    text[group * 4 + digit] =
                        isPadding ? UInt8(ascii: "=") : base64Digit(UInt8(bits >> (18 - 6 * UInt32(digit)) & 63))
                }
            }
            return size
        }
    }
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
}

private func base64Digit(_ value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: value - 26 + UInt8(ascii: "a")
    case 52..<62: value - 52 + UInt8(ascii: "0")
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
}
