import Manifests
import Testing

@Suite struct DayTests {
    @Test(
        arguments: [
            (0, "1970-01-01"), (-1, "1969-12-31"), (86_399, "1970-01-01"), (951_782_400, "2000-02-29"),
            (1_767_657_599, "2026-01-05"), (4_107_542_400, "2100-03-01"), (-62_167_219_200, "0000-01-01"),
        ] as [(Int64, String)])
    func ofAMoment(_ seconds: Int64, _ text: String) throws {
        var day: [UInt8] = []
        try #require(Day(secondsSince1970: seconds)).append(to: &day)
        #expect(String(decoding: day, as: UTF8.self) == text)
    }

    @Test func thereIsNoneBeyondTheCalendar() {
        #expect(Day(secondsSince1970: .max) == nil)
        #expect(Day(secondsSince1970: .min) == nil)
        #expect(Day(year: 1900, month: 2, day: 29) == nil)
    }
}
