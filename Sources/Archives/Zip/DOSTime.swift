/// The date and time of zip: two seconds exact, from 1980 to 2107; UTC, since zip has no time zone.
struct DOSTime: Equatable {
    var date: UInt16
    var time: UInt16

    /// The time nearest to seconds since 1970.
    init(seconds: Int64) {
        let clamped = min(max(seconds, Self.earliest), Self.latest)
        let (days, second) = clamped.quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = Self.civil(days: days)
        date = UInt16((year - 1980) << 9 | month << 5 | day)
        time = UInt16((second / 3_600) << 11 | (second / 60 % 60) << 5 | (second % 60) / 2)
    }

    /// What a zip has.
    init(date: UInt16, time: UInt16) {
        self.date = date
        self.time = time
    }

    /// Seconds since 1970; a date that is none counts on from the one before.
    var seconds: Int64 {
        let days = Self.days(year: Int64(date >> 9) + 1980, month: Int64(date >> 5 & 15), day: Int64(date & 31))
        return days * 86_400 + Int64(time >> 11) * 3_600 + Int64(time >> 5 & 63) * 60 + Int64(time & 31) * 2
    }

    private static let earliest: Int64 = 315_532_800
    private static let latest: Int64 = 4_354_819_198

    /// A date from days since 1970: http://howardhinnant.github.io/date_algorithms.html
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let fromMarch = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let yearOfEra = fromMarch % 400
        return fromMarch / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
