import HTTPTransport
import Testing

@testable import Extraction

@Suite struct ByteBudgetTests {
    @Test func neverMoreThanThereIsAndEveryoneGetsATurn() async {
        let budget = ByteBudget(100)
        let held = Locked((now: 0, most: 0, turns: 0))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let taken = await budget.take(number)
                    held.withLock {
                        $0.now += taken
                        $0.most = max($0.most, $0.now)
                    }
                    await Task.yield()
                    held.withLock {
                        $0.now -= taken
                        $0.turns += 1
                    }
                    await budget.give(taken)
                }
            }
        }
        let (now, most, turns) = held.withLock { $0 }
        #expect((now, turns) == (0, 200))
        #expect((99...100).contains(most))
    }

    @Test func moreThanThereIsIsAllThereIs() async {
        let budget = ByteBudget(10)
        #expect(await budget.take(.max) == 10)
        await budget.give(10)
        #expect(await budget.take(3) == 3)
    }
}
