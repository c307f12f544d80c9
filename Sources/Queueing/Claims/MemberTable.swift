/// Which claims may have a member: 40 bits of each member's digest and the number of its claim, in 8 bytes.
///
/// A hash table with linear probing that is at most three quarters full: 11 to 22 bytes a member. It may name a claim
/// that does not have the member, about once in 2^40 comparisons, and never leaves one out.
struct MemberTable: Sendable {
    /// The most claims that there can be numbers for.
    static let claimLimit = 1 << 24 - 1

    private(set) var count = 0
    private var slots = [UInt64](repeating: 0, count: 1024)

    /// Adds a member of a claim; claims are numbered from 1.
    mutating func insert(_ member: MemberDigest, claim: Int) {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        put(Self.mark(member) | UInt64(claim & Self.claimLimit))
        count += 1
    }

    /// The claims that may have a member, in the order in which they were added.
    func claims(of member: MemberDigest) -> [Int] {
        var found: [Int] = []
        let mark = Self.mark(member)
        var slot = place(mark)
        while slots[slot] != 0 {
            let entry = slots[slot]
            if entry & ~UInt64(Self.claimLimit) == mark { found.append(Int(entry & UInt64(Self.claimLimit))) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return found
    }

    /// The digest's first 40 bits, in the upper bits of a slot.
    private static func mark(_ member: MemberDigest) -> UInt64 { member.high & ~UInt64(claimLimit) }

    private func place(_ slot: UInt64) -> Int { Int(truncatingIfNeeded: slot >> 24) & (slots.count - 1) }

    private mutating func put(_ entry: UInt64) {
        var slot = place(entry)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = entry
    }

    private mutating func grow() {
        let entries = slots
        slots = [UInt64](repeating: 0, count: entries.count * 2)
        // From a free slot on, so that those of one member keep their order where they wrap around the end.
        let start = entries.firstIndex(of: 0) ?? 0
        for entry in entries[start...] where entry != 0 { put(entry) }
        for entry in entries[..<start] where entry != 0 { put(entry) }
    }
}
