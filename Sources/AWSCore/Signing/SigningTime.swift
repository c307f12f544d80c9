/// The time of a signature, as SigV4 writes it.
struct SigningTime: Sendable, Equatable {
    /// `20150830T123600Z`
    let timestamp: String
    /// `20150830`
    let date: String

    /// Makes a signing time of seconds since 1970, in the years 0 to 9999; other years are cut to four digits.
    init(secondsSince1970 seconds: Int64) {
        let (days, second) = seconds.flooredDivision(by: 86_400)
        let (year, month, day) = Self.civilDate(daysSince1970: days)
        date = Self.digits(year, 4) + Self.digits(month, 2) + Self.digits(day, 2)
        timestamp =
            date + "T" + Self.digits(second / 3_600, 2) + Self.digits(second / 60 % 60, 2)
            + Self.digits(second % 60, 2) + "Z"
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number.magnitude)
        return String(repeating: "0", count: max(0, count - text.count)) + text.suffix(count)
    }

    /// (https://howardhinnant.github.io/date_algorithms.html#civil_from_days)
    private static func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (daysSince1970 + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
