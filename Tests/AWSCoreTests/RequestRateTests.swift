import Testing

@testable import AWSCore

@Suite struct RequestRateTests {
    let start = ContinuousClock.now

    /// Sends `rate` requests a second for `seconds`; every `refused`th is refused. Gives how many went.
    private func run(_ rate: inout RequestRate, from: Double, seconds: Double, rate wanted: Int, refused: Int) -> Int {
        var sent = 0
        var time = from
        while time < from + seconds {
            let wait = rate.wait(at: start + .seconds(time), place: 0) / .seconds(1)
            rate.send(at: start + .seconds(time + wait))
            time += max(1 / Double(wanted), wait)
            sent += 1
            if refused > 0, sent % refused == 0 { rate.refuse(at: start + .seconds(time)) }
        }
        return sent
    }

    @Test func isUnlimitedUntilSomethingIsRefused() {
        var rate = RequestRate()
        for number in 0..<1_000 {
            let now = start + .milliseconds(number)
            #expect(rate.wait(at: now, place: 0) == .zero)
            rate.send(at: now)
        }
        #expect(rate.limit == nil)
    }

    @Test func slowsDownAtOnceWhenAllIsRefused() {
        var rate = RequestRate()
        let before = run(&rate, from: 0, seconds: 2, rate: 1_000, refused: 0)
        let during = run(&rate, from: 2, seconds: 2, rate: 1_000, refused: 1)
        #expect(before >= 2_000)
        #expect(during < 600)
        #expect(rate.limit ?? .infinity < 50)
    }

    @Test func hardlySlowsDownWhenOneInTwentyIsRefused() {
        var rate = RequestRate()
        _ = run(&rate, from: 0, seconds: 2, rate: 100, refused: 0)
        let sent = run(&rate, from: 2, seconds: 20, rate: 100, refused: 20)
        #expect(sent > 1_700)
    }

    @Test func climbsBack() {
        var rate = RequestRate()
        _ = run(&rate, from: 0, seconds: 2, rate: 200, refused: 0)
        _ = run(&rate, from: 2, seconds: 2, rate: 200, refused: 1)
        #expect(rate.limit != nil)
        _ = run(&rate, from: 4, seconds: 30, rate: 200, refused: 0)
        #expect(rate.limit == nil)
    }
}
