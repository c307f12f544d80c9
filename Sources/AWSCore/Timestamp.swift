extension Int64 {
    /// Seconds since 1970 of a time as AWS writes it: `2025-11-21T05:30:00Z`, also with fractions of a second, which
    /// are cut off, with an offset such as `+01:00`, or with `UTC` at the end, as in old SSO cache files.
    ///
    /// `nil` for every other text.
    package init?(timestamp: String) {
        var reader = TimestampReader(text: Array(timestamp.utf8)[...])
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T"), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            reader.skipFraction(), let offset = reader.offset(), reader.text.isEmpty,
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        self = Self.daysSince1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
    }

    /// The days since 1970 of a date in the Gregorian calendar.
    /// (https://howardhinnant.github.io/date_algorithms.html#days_from_civil)
    private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let marchMonth = (month + 9) % 12
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        return 365 * marchYear + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
    }
}

private struct TimestampReader {
    var text: ArraySlice<UInt8>

    mutating func take(_ expected: String) -> Bool {
        guard text.starts(with: expected.utf8) else { return false }
        text = text.dropFirst(expected.utf8.count)
        return true
    }

    mutating func number(_ digits: Int) -> Int64? {
        let prefix = text.prefix(digits)
        guard prefix.count == digits, prefix.allSatisfy(\.isASCIIDigit) else { return nil }
        text = text.dropFirst(digits)
        return prefix.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    mutating func skipFraction() -> Bool {
        guard take(".") else { return true }
        let rest = text.drop(while: \.isASCIIDigit)
        defer { text = rest }
        return rest.count < text.count
    }

    /// How many seconds local time is ahead of UTC.
    mutating func offset() -> Int64? {
        if take("Z") || take("UTC") { return 0 }
        let sign: Int64 = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2) else { return nil }
        _ = take(":")
        guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}

extension UInt8 {
    fileprivate var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
