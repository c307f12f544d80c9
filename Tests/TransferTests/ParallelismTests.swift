import Testing

@testable import Transfer

@Suite struct ParallelismTests {
    /// Copies parts of 8 MiB through a link on which `best` parts at a time are as fast as it gets.
    private func settled(best: Int, parts: Int = 5_000) -> Int {
        var parallelism = Parallelism(wanted: nil, parts: parts)
        for _ in 0..<parts {
            let crowding = max(1, Double(parallelism.limit) / Double(best))
            parallelism.succeeded(bytes: 8 << 20, after: .seconds(1) * crowding)
        }
        return parallelism.limit
    }

    @Test func growsAsLongAsItGetsFaster() {
        #expect(settled(best: 1_000) == Parallelism.ceiling)
        #expect((60...100).contains(settled(best: 60)))
        #expect((10...32).contains(settled(best: 10)))
    }

    @Test func goesBackWhereMoreIsNoFaster() {
        var parallelism = Parallelism(wanted: nil, parts: 32)
        var most = 0
        for _ in 0..<32 {
            most = max(most, parallelism.limit)
            parallelism.succeeded(bytes: 8 << 20, after: .seconds(1) * max(1, Double(parallelism.limit) / 4))
        }
        #expect(most == 8)
        #expect(parallelism.limit == 4)
    }

    @Test(arguments: [1, 5, 64, 500]) func staysAtWhatIsWanted(_ wanted: Int) {
        var parallelism = Parallelism(wanted: wanted, parts: 10_000)
        for _ in 1...2_000 { parallelism.succeeded(bytes: 1, after: .seconds(1)) }
        #expect(parallelism.limit == wanted)
    }

    @Test func needsNoMoreThanThereAreParts() {
        #expect(Parallelism(wanted: 64, parts: 3).limit == 3)
        #expect(Parallelism(wanted: nil, parts: 0).limit == 1)
        #expect(Parallelism(wanted: 0, parts: 9).limit == 1)
    }

    @Test func givesWayOnceForFailuresThatComeTogether() {
        var parallelism = Parallelism(wanted: 64, parts: 1_000)
        for _ in 0..<40 { parallelism.struggled(at: .seconds(10)) }
        #expect(parallelism.limit == 32)
        parallelism.struggled(at: .seconds(12))
        #expect(parallelism.limit == 16)
        for second in 20..<60 { parallelism.struggled(at: .seconds(second)) }
        #expect(parallelism.limit == 1)
        for _ in 0..<600 { parallelism.succeeded(bytes: 8 << 20, after: .seconds(1)) }
        #expect(parallelism.limit > 1)
    }
}
