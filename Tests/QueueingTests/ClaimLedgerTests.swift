import HTTPTransport
import Manifests
import Testing

@testable import Queueing

@Suite struct ClaimLedgerTests {
    static let lot = Lot(run: "r", settings: [:], bucket: "b", part: "")

    static func ledger(_ store: FakeClaims, _ worker: String = "w", at time: Int64 = 1000) -> ClaimLedger {
        ClaimLedger(of: lot, in: store, worker: worker, clock: WorkClock(lease: 60, seconds: { time }))
    }

    static func members(_ numbers: Range<Int>) -> [MemberDigest] {
        numbers.map { MemberDigest(ManifestRow(bucket: "b", key: "k\($0)")) }
    }

    static let manifest: ClaimLedger.Manifest = { members in Array("\(members.count) objects".utf8) }

    @Test func whatIsInAClaimIsNotClaimedAgain() async throws {
        let store = FakeClaims()
        let first = try await Self.ledger(store).claim(Self.members(0..<10), manifest: Self.manifest)
        #expect(first.number == 1)
        #expect(first.members == Self.members(0..<10))
        let second = try await Self.ledger(store).claim(Self.members(5..<15), manifest: Self.manifest)
        #expect(second.number == 2)
        #expect(second.members == Self.members(10..<15))
        #expect(second.earlier == [1: Self.members(5..<10)])
        let third = try await Self.ledger(store).claim(Self.members(0..<15), manifest: Self.manifest)
        #expect(third.number == nil)
        #expect(third.earlier == [1: Self.members(0..<10), 2: Self.members(10..<15)])
    }

    @Test func whoIsSecondWithANumberLeavesOutWhatTheFirstTook() async throws {
        let store = FakeClaims()
        let (slow, quick) = (Self.ledger(store, "slow"), Self.ledger(store, "quick"))
        store.state.withLock { state in
            state.intruder = { _ = try await quick.claim(Self.members(0..<6), manifest: Self.manifest) }
        }
        let claimed = try await slow.claim(Self.members(4..<10), manifest: Self.manifest)
        #expect(claimed.number == 2)
        #expect(claimed.members == Self.members(6..<10))
        #expect(claimed.earlier == [1: Self.members(4..<6)])
        #expect(String(decoding: try await slow.manifest(of: 2), as: UTF8.self) == "4 objects")
    }

    @Test func aLostReplyIsNoOtherWorker() async throws {
        let store = FakeClaims()
        store.state.withLock { $0.losesReply = true }
        let claimed = try await Self.ledger(store).claim(Self.members(0..<3), manifest: Self.manifest)
        #expect(claimed.number == 1)
        #expect(claimed.earlier.isEmpty)
    }

    @Test func whatFailedCanBeClaimedAgainAndNothingElse() async throws {
        let store = FakeClaims()
        let ledger = Self.ledger(store)
        _ = try await ledger.claim(Self.members(0..<4), manifest: Self.manifest)
        #expect(try await ledger.end(of: 1) == nil)
        _ = try await ledger.finish(1, ClaimEnd(archive: "s3://a/1.tar", archived: 3, failed: Self.members(2..<3)))
        for other in [ledger, Self.ledger(store)] {
            #expect(try await other.end(of: 1)?.failures == Set(Self.members(2..<3)))
        }
        let again = try await Self.ledger(store).claim(Self.members(0..<4), manifest: Self.manifest)
        #expect(again.number == 2)
        #expect(again.members == Self.members(2..<3))
        // It is in two claims now, and the later one counts.
        let third = try await ledger.claim(Self.members(2..<3), manifest: Self.manifest)
        #expect(third.earlier == [2: Self.members(2..<3)])
    }

    @Test func whatOneCallTakesWhileAnotherWaitsIsInOneClaim() async throws {
        let store = FakeClaims()
        let ledger = Self.ledger(store)
        store.state.withLock { state in
            state.intruder = { _ = try await ledger.claim(Self.members(0..<6), manifest: Self.manifest) }
        }
        let claimed = try await ledger.claim(Self.members(4..<10), manifest: Self.manifest)
        #expect(claimed.number == 2)
        #expect(claimed.members == Self.members(6..<10))
        #expect(claimed.earlier == [1: Self.members(4..<6)])
    }

    @Test func theFirstEndOfAClaimCounts() async throws {
        let store = FakeClaims()
        let ledger = Self.ledger(store)
        _ = try await ledger.claim(Self.members(0..<2), manifest: Self.manifest)
        let end = ClaimEnd(archive: "s3://a/1.tar", archived: 2, failed: [])
        #expect(try await ledger.finish(1, end) == end)
        let late = ClaimEnd(archive: nil, archived: 0, failed: Self.members(0..<2))
        #expect(try await Self.ledger(store, "other").finish(1, late) == end)
        #expect(try await Self.ledger(store).end(of: 1) == end)
    }

    @Test func theTimeOfAClaimIsThatOfWhoMadeIt() async throws {
        let store = FakeClaims()
        _ = try await Self.ledger(store).claim(Self.members(0..<2), manifest: Self.manifest)
        let late = Self.ledger(store, "other", at: 90_000)
        _ = try await late.claim(Self.members(0..<2), manifest: Self.manifest)
        #expect(try await late.made(1) == 1000)
    }

    @Test func oneWorkerHasAClaimForTheTimeOfItsLease() async throws {
        let store = FakeClaims()
        let ledger = Self.ledger(store)
        _ = try await ledger.claim(Self.members(0..<1), manifest: Self.manifest)
        let until = try await Self.ledger(store, "other").makerHasTime(for: 1)
        #expect(until == 1060)
        let (own, other) = (ledger.lease(of: 1), Self.ledger(store, "other").lease(of: 1))
        #expect(try await other.take(freeFrom: until) == 60)
        try await own.release()
        #expect(try await other.take(freeFrom: until) == nil)
        #expect(try await own.take(freeFrom: until) == 60)
        _ = try await ledger.finish(1, ClaimEnd(archive: nil, archived: 0, failed: []))
        #expect(!store.names.contains { $0.hasSuffix(".lease") })
    }

    @Test func manyClaimsAreRememberedBeyondThoseKeptWhole() async throws {
        let store = FakeClaims()
        let ledger = Self.ledger(store)
        for number in 0..<20 {
            _ = try await ledger.claim(Self.members(number * 5..<number * 5 + 5), manifest: Self.manifest)
        }
        let known = try await ledger.claim(Self.members(0..<100), manifest: Self.manifest)
        #expect(known.number == nil)
        #expect(known.earlier.count == 20)
        #expect(known.earlier[7] == Self.members(30..<35))
    }

    @Test func damagedClaimsEndInOneLine() async throws {
        let store = FakeClaims()
        _ = try await Self.ledger(store).claim(Self.members(0..<1), manifest: Self.manifest)
        store.state.withLock { $0.objects["claims/\(Self.lot.name)/000001"] = Array("nonsense".utf8) }
        await #expect(throws: QueueingError.self) {
            try await Self.ledger(store).claim(Self.members(0..<1), manifest: Self.manifest)
        }
    }
}
