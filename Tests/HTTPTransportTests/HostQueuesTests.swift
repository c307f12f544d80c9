import Testing

@testable import HTTPTransport

@Suite struct HostQueuesTests {
    @Test func servesEachHostInOrder() {
        var queues = HostQueues<Int>(limit: 2)
        let entered = [("a", 1), ("a", 2), ("b", 3)].map { queues.enter($0.0, $0.1) }
        #expect(entered == [true, true, true])
        let refused = (10..<210).map { queues.enter("a", $0) }
        #expect(!refused.contains(true))
        let served = (10..<210).map { _ in queues.leave("a") }
        #expect(served == Array(10..<210))
        let (none, free, full) = (queues.leave("a"), queues.enter("a", 4), queues.enter("a", 5))
        #expect(none == nil)
        #expect(free && !full)
    }

    @Test func letsGoOfEveryoneWhoWaits() {
        var queues = HostQueues<Int>(limit: 1)
        let entered = (1...3).map { queues.enter("a", $0) }
        #expect(entered == [true, false, false])
        let waiting = queues.removeAllWaiting()
        #expect(waiting == [2, 3])
        let (none, free) = (queues.leave("a"), queues.enter("a", 4))
        #expect(none == nil && free)
    }

    @Test(arguments: [
        ("http://a/b", "http://a"), ("https://a:1/b/c", "https://a:1"), ("http://a?b", "http://a"), ("x", "x"),
    ])
    func tellsTheHost(url: String, host: String) {
        #expect(HostQueues<Int>.host(of: url) == host)
    }
}
