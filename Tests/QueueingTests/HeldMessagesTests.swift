import Testing

@testable import Queueing

@Suite struct HeldMessagesTests {
    @Test func whatIsATimeOldIsDueAndWhatWasLetGoIsNot() async {
        let held = HeldMessages(FakeQueue([]), visibility: 30, report: { _ in })
        let start = ContinuousClock.now
        await held.add(["a", "b"], since: start)
        await held.add(["c"], since: start + .seconds(5))
        #expect(await held.due(at: start + .seconds(9)).isEmpty)
        #expect(Set(await held.due(at: start + .seconds(10))) == ["a", "b"])
        _ = await held.delete(["a"])
        await held.forget(["b"])
        #expect(await held.due(at: start + .seconds(20)) == ["c"])
        await held.releaseAll()
        #expect(await held.count == 0)
    }
}
