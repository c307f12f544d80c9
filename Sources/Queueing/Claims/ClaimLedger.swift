internal import AWSCore
import FoundationEssentials
internal import Manifests

/// Which objects of a lot belong to which bundle: all workers agree on it, however often a message is delivered.
///
/// Claims are numbered from 1 without gaps, and nobody replaces one, since each is stored only where nothing is. So who
/// stores a claim has read all before it, and takes only objects that are in none of them. A claim outlives its worker:
/// whoever meets one of its objects again makes its bundle, under the same name, or waits for who is making it.
actor ClaimLedger {
    /// What became of objects that were to be claimed.
    struct Claimed: Sendable {
        /// The new claim, and the objects in it; `nil` where all were in others.
        var number: Int?
        /// The objects of the new claim.
        var members: [MemberDigest] = []
        /// Those that are in earlier claims, by the claim's number.
        var earlier: [Int: [MemberDigest]] = [:]
    }

    /// Gives the manifest of members.
    typealias Manifest = @Sendable ([MemberDigest]) throws -> [UInt8]

    private let store: any ClaimStore
    private let folder: String
    private let worker: String
    private let clock: WorkClock

    private var table = MemberTable()
    private var last = 0
    private var isLoaded = false
    private var ends: [Int: ClaimEnd] = [:]
    /// The claims that were looked at last, whole.
    private var recent: [(number: Int, claim: Claim, members: Set<MemberDigest>)] = []

    private static let recentLimit = 8

    /// Opens the ledger of a lot.
    init(of lot: Lot, in store: any ClaimStore, worker: String, clock: WorkClock) {
        self.store = store
        self.worker = worker
        self.clock = clock
        folder = "claims/\(lot.name)/"
    }

    /// Takes objects for a bundle, but for those that a bundle has or will have.
    ///
    /// - Parameters:
    ///   - members: The objects, each once.
    ///   - manifest: Gives the manifest of some of them.
    /// - Returns: The claim that was made, and those that had been.
    /// - Throws: `AWSError` when the store fails, `QueueingError` when it has what no ledger has.
    func claim(_ members: [MemberDigest], manifest: Manifest) async throws -> Claimed {
        if !isLoaded { try await catchUp() }
        let token = UUID().uuidString.lowercased()
        var written: [MemberDigest] = []
        while true {
            let known = last
            var claimed = try await sort(members)
            guard !claimed.members.isEmpty else { return claimed }
            if claimed.members != written {
                try await store.write("\(folder)\(token).claim.jsonl", try manifest(claimed.members))
                written = claimed.members
            }
            // Another call may have claimed some of them while this one waited.
            guard last == known else { continue }
            let number = last + 1
            guard number <= MemberTable.claimLimit else { throw QueueingError("the lot has too many claims") }
            let now = clock.seconds()
            let claim = Claim(
                token: token, worker: worker, made: now, until: now + clock.lease, members: claimed.members)
            if try await store.create(name(number), try encode(claim)) {
                take(number, claim)
            } else {
                // Somebody was quicker, or it was this very claim whose reply got lost.
                guard try await readNext() == token else { continue }
            }
            claimed.number = number
            return claimed
        }
    }

    /// How the bundle of a claim ended; `nil` while it has not.
    func end(of number: Int) async throws -> ClaimEnd? {
        if let end = ends[number] { return end }
        guard let found = try await store.read(name(number) + ".end") else { return nil }
        let end = try decode(ClaimEnd.self, found.bytes, name(number) + ".end")
        ends[number] = end
        return end
    }

    /// Until when who made a claim makes its bundle without having said so again, in seconds since 1970.
    func makerHasTime(for number: Int) async throws -> Int64 { try await claim(number).claim.until }

    /// When a claim was made, in seconds since 1970; its bundle has this time, whoever makes it, and when.
    func made(_ number: Int) async throws -> Int64 { try await claim(number).claim.made }

    /// What says who makes the bundle of a claim.
    nonisolated func lease(of number: Int) -> Lease {
        Lease(store: store, name: name(number) + ".lease", worker: worker, clock: clock)
    }

    /// The manifest of a claim.
    func manifest(of number: Int) async throws -> [UInt8] {
        let name = "\(folder)\(try await claim(number).claim.token).claim.jsonl"
        guard let found = try await store.read(name) else {
            throw QueueingError("\(name): the manifest of a claim is gone; send its objects anew, under another run")
        }
        return found.bytes
    }

    /// Says that the bundle of a claim is made.
    ///
    /// - Returns: How it ended, which is what was said first.
    func finish(_ number: Int, _ end: ClaimEnd) async throws -> ClaimEnd {
        var end = end
        if try await !store.create(name(number) + ".end", try encode(end)) {
            end = try await self.end(of: number) ?? end
        }
        ends[number] = end
        try? await store.remove(name(number) + ".lease")
        return end
    }

    /// The part of a bundle's name that tells the claim: its number.
    static func label(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    private nonisolated func name(_ number: Int) -> String { folder + Self.label(number) }

    private func sort(_ members: [MemberDigest]) async throws -> Claimed {
        var claimed = Claimed()
        for member in members {
            if let number = try await holder(of: member) {
                claimed.earlier[number, default: []].append(member)
            } else {
                claimed.members.append(member)
            }
        }
        return claimed
    }

    /// The claim that an object belongs to; `nil` where it is in none, or was left out of the bundle of each.
    private func holder(of member: MemberDigest) async throws -> Int? {
        for number in table.claims(of: member).reversed() {
            guard try await claim(number).members.contains(member) else { continue }
            guard let end = try await end(of: number), end.failures.contains(member) else { return number }
        }
        return nil
    }

    private func catchUp() async throws {
        while try await readNext() != nil {}
        isLoaded = true
    }

    /// Reads the first claim that is not known yet, and gives its token; `nil` where there is none.
    private func readNext() async throws -> String? {
        let number = last + 1
        guard let found = try await store.read(name(number)) else { return nil }
        let claim = try decode(Claim.self, found.bytes, name(number))
        take(number, claim)
        return claim.token
    }

    private func take(_ number: Int, _ claim: Claim) {
        // Another call may have read it in between.
        guard number == last + 1 else { return }
        last = number
        for member in claim.members.members { table.insert(member, claim: number) }
        remember(number, claim)
    }

    private func claim(_ number: Int) async throws -> (claim: Claim, members: Set<MemberDigest>) {
        if let found = recent.first(where: { $0.number == number }) { return (found.claim, found.members) }
        guard let found = try await store.read(name(number)) else {
            throw QueueingError("\(name(number)): a claim is gone; nothing may be removed there while workers run")
        }
        return remember(number, try decode(Claim.self, found.bytes, name(number)))
    }

    @discardableResult
    private func remember(_ number: Int, _ claim: Claim) -> (claim: Claim, members: Set<MemberDigest>) {
        let members = Set(claim.members.members)
        recent.append((number, claim, members))
        if recent.count > Self.recentLimit { recent.removeFirst() }
        return (claim, members)
    }

    private func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    private func decode<Value: Decodable>(_: Value.Type, _ bytes: [UInt8], _ name: String) throws -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch {
            throw QueueingError("\(name) is not what s3haul wrote: \(error)")
        }
    }
}
