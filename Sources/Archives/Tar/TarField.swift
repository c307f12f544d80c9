/// The numbers and strings in the fields of a tar header.
enum TarField {
    /// A number: octal digits between spaces and NULs, or GNU's base 256.
    ///
    /// - Returns: nil where it is neither, or does not fit.
    static func number(_ field: ArraySlice<UInt8>) -> Int64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 { return base256(field) }
        let trimmed = field.drop { $0 == UInt8(ascii: " ") }
        let digits = trimmed.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "7") }
        let rest = trimmed.dropFirst(digits.count)
        guard rest.allSatisfy({ $0 == 0 || $0 == UInt8(ascii: " ") }) || rest.first == 0 else { return nil }
        return shift(digits.map { $0 - UInt8(ascii: "0") }, bits: 3, from: 0)
    }

    /// A string up to the first NUL.
    static func string(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// A decimal number as pax writes it; a fraction is cut off towards the past.
    static func decimal(_ bytes: [UInt8]) -> Int64? {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ Int64($0) }) else { return nil }
        guard parts.count == 2, text.hasPrefix("-"), parts[1].contains(where: { $0 != "0" }) else { return whole }
        return whole == .min ? nil : whole - 1
    }

    private static func base256(_ field: ArraySlice<UInt8>) -> Int64? {
        var bytes = Array(field)
        let isNegative = bytes[0] & 0x40 != 0
        bytes[0] = isNegative ? bytes[0] | 0x80 : bytes[0] & 0x7F
        return shift(bytes, bits: 8, from: isNegative ? -1 : 0)
    }

    private static func shift(_ digits: [UInt8], bits: Int64, from start: Int64) -> Int64? {
        var number = start
        for digit in digits {
            let (product, overflow) = number.multipliedReportingOverflow(by: 1 << bits)
            guard !overflow else { return nil }
            number = product | Int64(digit)
        }
        return number
    }
}
