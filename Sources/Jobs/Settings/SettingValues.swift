import S3

/// How values are read from the text of a setting; each throws what it should have been.
package enum SettingValue {
    /// A number with a unit of 1,000 (`kB`, `MB`, `GB`, `TB`) or 1,024 (`KiB`, `MiB`, `GiB`, `TiB`), or of bytes.
    package static func size(_ text: String, _ range: ClosedRange<Int64>) throws(ExpectedValue) -> Int64 {
        let units: [(name: String, bytes: Int64)] = [
            ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
            ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
        ]
        let unit = units.first { text.hasSuffix($0.name) } ?? ("", 1)
        if let (bytes, overflow) = natural(text.dropLast(unit.name.count))?.multipliedReportingOverflow(by: unit.bytes),
            !overflow, range.contains(bytes)
        {
            return bytes
        }
        throw ExpectedValue(
            "a size from \(sizeText(range.lowerBound)) to \(sizeText(range.upperBound)), such as 64MiB or 1GB")
    }

    /// The shortest text that `size` reads as these bytes.
    package static func sizeText(_ bytes: Int64) -> String {
        let units: [(name: String, bytes: Int64)] = [
            ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("TB", 1_000_000_000_000),
            ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000),
        ]
        guard bytes > 0, let unit = units.first(where: { bytes.isMultiple(of: $0.bytes) }) else { return "\(bytes)" }
        return "\(bytes / unit.bytes)\(unit.name)"
    }

    /// A number of seconds, or of another unit that stands behind it: `s`, `m`, `h`, `d`.
    package static func seconds(_ text: String, _ range: ClosedRange<Int>) throws(ExpectedValue) -> Int {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? text[...] : text.dropLast()
        if let (seconds, overflow) = natural(digits).flatMap(Int.init(exactly:))?.multipliedReportingOverflow(
            by: unit ?? 1), !overflow,
            range.contains(seconds)
        {
            return seconds
        }
        throw ExpectedValue(
            "a time from \(secondsText(range.lowerBound)) to \(secondsText(range.upperBound)), such as 90m or 12h")
    }

    /// The shortest text that `seconds` reads as these.
    static func secondsText(_ seconds: Int) -> String {
        for (unit, length) in [("d", 86400), ("h", 3600), ("m", 60)] where seconds.isMultiple(of: length) {
            return "\(seconds / length)\(unit)"
        }
        return "\(seconds)s"
    }

    static func count(_ text: String, _ range: ClosedRange<Int>) throws(ExpectedValue) -> Int {
        if let number = natural(text[...]), let count = Int(exactly: number), range.contains(count) { return count }
        throw ExpectedValue("a number from \(range.lowerBound) to \(range.upperBound)")
    }

    static func truth(_ text: String) throws(ExpectedValue) -> Bool {
        switch text {
        case "true": true
        case "false": false
        default: throw ExpectedValue("true or false")
        }
    }

    static func choice<Value: RawRepresentable & CaseIterable>(
        _ text: String, _: Value.Type = Value.self
    ) throws(ExpectedValue) -> Value where Value.RawValue == String {
        if let value = Value(rawValue: text) { return value }
        throw ExpectedValue(Value.allCases.map(\.rawValue).joined(separator: " or "))
    }

    static func choice(_ text: String, of names: [String]) throws(ExpectedValue) -> String {
        if names.contains(text) { return text }
        throw ExpectedValue("one of " + names.joined(separator: ", "))
    }

    /// A bucket's name.
    ///
    /// Those of before 2018 in us-east-1 have up to 255 letters of either case, digits, `.`, `-`, `_` (S3 User Guide,
    /// Bucket naming rules).
    static func bucket(_ text: String) throws(ExpectedValue) -> String {
        if (3...255).contains(text.utf8.count), text.utf8.allSatisfy({ isNameByte($0) }) { return text }
        throw ExpectedValue("a bucket's name alone, such as my-bucket: no s3://, no ARN, no key")
    }

    static func prefix(_ text: String) throws(ExpectedValue) -> String {
        if text.utf8.count < 1024, !text.hasPrefix("/"), !text.hasPrefix("s3://") { return text }
        throw ExpectedValue(
            "the beginning of a key, such as archive/2026/: shorter than 1,024 bytes, no s3://bucket, no leading /")
    }

    static func location(_ text: String) throws(ExpectedValue) -> ObjectPrefix {
        let expected = ExpectedValue("a bucket and the beginning of a key, such as s3://my-bucket/s3haul/")
        guard var location = try? ObjectPrefix(uri: text), (try? bucket(location.bucket)) != nil,
            (try? prefix(location.prefix)) != nil
        else { throw expected }
        if !location.prefix.isEmpty, !location.prefix.hasSuffix("/") { location.prefix += "/" }
        return location
    }

    /// A name or an ARN: what AWS allows in either, and nothing that it would not.
    static func resource(_ text: String, _ expected: String) throws(ExpectedValue) -> String {
        let allowed = text.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") }
        if !text.isEmpty, text.utf8.count <= 512, allowed { return text }
        throw ExpectedValue(expected)
    }

    /// The URL of an SQS queue.
    static func queueURL(_ text: String) throws(ExpectedValue) -> String {
        let isURL = ["https://", "http://"].contains { text.hasPrefix($0) && text.utf8.count > $0.utf8.count }
        if isURL, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), text.utf8.count <= 512 { return text }
        throw ExpectedValue("a queue's URL, such as https://sqs.eu-west-1.amazonaws.com/111122223333/archive")
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func natural(_ digits: Substring) -> Int64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int64(digits)
    }
}
