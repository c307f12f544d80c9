/// A day of the Gregorian calendar.
public struct Day: Sendable, Equatable {
    /// The year, from 0 to 9999.
    public var year: Int
    /// The month, from 1.
    public var month: Int
    /// The day of the month, from 1.
    public var day: Int

    /// Makes a day; `nil` for one that no calendar has.
    public init?(year: Int, month: Int, day: Int) {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (0...9999).contains(year), (1...12).contains(month), (1...lengths[month - 1]).contains(day) else {
            return nil
        }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The day of a moment in UTC.
    ///
    /// - Parameter seconds: Since 1970.
    public init?(secondsSince1970 seconds: Int64) {
        let years0To9999: ClosedRange<Int64> = -62_167_219_200...253_402_300_799
        guard years0To9999.contains(seconds) else { return nil }
        // https://howardhinnant.github.io/date_algorithms.html#civil_from_days, 400 years on, so that no day is negative.
        let days = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400 + 719_468 + 146_097
        let (era, dayOfEra) = days.quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.init(
            year: Int(yearOfEra + (era - 1) * 400 + (month <= 2 ? 1 : 0)), month: Int(month),
            day: Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1))
    }

    /// The first `YYYY/MM/DD` of a key, three whole names of its path: `2026/01/05-old/` and `2026/02/30/` are none.
    public init?(inKey key: [UInt8]) {
        var start = 0
        while start + 10 <= key.count {
            if let day = Self(key, at: start) {
                self = day
                return
            }
            guard let slash = key[start...].firstIndex(of: UInt8(ascii: "/")) else { return nil }
            start = slash + 1
        }
        return nil
    }

    private init?(_ key: [UInt8], at start: Int) {
        let slash = UInt8(ascii: "/")
        guard key[start + 4] == slash, key[start + 7] == slash, key.count == start + 10 || key[start + 10] == slash,
            let year = digits(key[start..<start + 4]), let month = digits(key[start + 5..<start + 7]),
            let day = digits(key[start + 8..<start + 10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Adds the day as `YYYY-MM-DD`.
    public func append(to text: inout [UInt8]) {
        appendTwoDigits(year / 100, to: &text)
        appendTwoDigits(year % 100, to: &text)
        text.append(UInt8(ascii: "-"))
        appendTwoDigits(month, to: &text)
        text.append(UInt8(ascii: "-"))
        appendTwoDigits(day, to: &text)
    }
}

/// Adds a number from 0 to 99.
private func appendTwoDigits(_ number: Int, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10))
    text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
}

/// The number that these digits make; `nil` where one of them is none.
private func digits(_ text: ArraySlice<UInt8>) -> Int? {
    var number = 0
    for byte in text {
        let digit = byte &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        number = number * 10 + Int(digit)
    }
    return number
}
