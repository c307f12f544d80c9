import HTTPTransport
import Testing

@testable import Queueing

@Suite struct LeaseTests {
    private let store = FakeClaims()
    private let now = Locked<Int64>(1000)

    /// What somebody has to take it with; two of one worker are two as well.
    private func lease() -> Lease {
        Lease(
            store: store, name: "l", worker: "w", clock: WorkClock(lease: 60, seconds: { [now] in now.withLock { $0 } })
        )
    }

    private func pass(_ seconds: Int64) { now.withLock { $0 += seconds } }

    @Test(arguments: ["never taken", "released", "over"])
    func ofTwoWhoFindItFreeOneGetsIt(_ label: String) async throws {
        let (first, second) = (lease(), lease())
        if label != "never taken" {
            let earlier = lease()
            #expect(try await earlier.take() == nil)
            if label == "released" { try await earlier.release() } else { pass(60) }
        }
        store.state.withLock { state in
            state.intruder = {
                let left = try await second.take()
                #expect(left == nil)
            }
        }
        #expect(try await first.take() == 1)
        #expect(try await first.take() == 60)
        #expect(try await second.renew(isOver: false))
    }

    @Test func whoLostItDoesNotTouchIt() async throws {
        let (slow, quick) = (lease(), lease())
        #expect(try await slow.take() == nil)
        pass(61)
        #expect(try await quick.take() == nil)
        #expect(try await !slow.renew(isOver: true))
        #expect(try await !slow.renew(isOver: false))
        try await slow.release()
        #expect(try await lease().take() == 60)
    }

    @Test func whatWasRemovedWhileItWasOverIsLost() async throws {
        let lease = lease()
        #expect(try await !lease.renew(isOver: true))
        #expect(store.names.isEmpty)
        // Who made a claim has it before anything is stored.
        #expect(try await lease.renew(isOver: false))
        pass(61)
        #expect(try await lease.renew(isOver: true))
    }

    @Test func aLostReplyIsNoOtherWorker() async throws {
        let lease = lease()
        #expect(try await lease.take() == nil)
        store.state.withLock { $0.losesReply = true }
        #expect(try await lease.renew(isOver: false))
        store.state.withLock { $0.losesReply = true }
        #expect(try await lease.take() == 1)
        #expect(try await lease.take() == nil)
    }
}
