public import Manifests

/// Deals rows out to groups, in one pass, and says which groups are full.
///
/// What it does depends on the rows and their order alone, so that the same rows make the same groups again. It holds
/// the open groups, and nothing of those that are closed.
public struct Grouper: Sendable {
    /// The groups that were closed and are to be taken, in the order of their numbers.
    public private(set) var closed: [Group] = []
    /// How many groups have been closed.
    public private(set) var closedCount = 0

    private let rule: GroupingRule
    private let limits: GroupLimits
    private var groups: [Group?] = []
    private var freeSlots: [Int] = []
    private var slots: [[UInt8]: Int] = [:]
    private var openBytes: Int64 = 0
    private var uses = 0
    /// The bucket of the row, a zero, and what the rule says of it.
    private var identity: [UInt8] = []
    private var lastIdentity: [UInt8] = []
    private var lastSlot: Int?

    /// Makes a grouper with no groups.
    public init(_ rule: GroupingRule, limits: GroupLimits) {
        self.rule = rule
        self.limits = limits
    }

    /// Adds a row to its group.
    ///
    /// A group that was full before is in `closed` then, without the row.
    ///
    /// - Parameters:
    ///   - row: The row.
    ///   - length: How many bytes it has in a manifest.
    /// - Returns: The slot of its group.
    /// - Throws: `GroupingError` where the manifest does not say what the rule asks.
    public mutating func add(_ row: RowBytes, length: Int) throws(GroupingError) -> Int {
        identity.removeAll(keepingCapacity: true)
        identity += row.bucket
        identity.append(0)
        try rule.append(row, to: &identity)
        let size = max(0, row.size ?? 0)
        let slot = findSlot(row, size: size)
        uses += 1
        groups[slot]?.lastUse = uses
        groups[slot]?.count += 1
        groups[slot]?.size += size
        groups[slot]?.manifestSize += Int64(length)
        openBytes += Int64(length)
        if groups[slot]?.count ?? 0 >= limits.count || groups[slot]?.size ?? 0 >= limits.size {
            close(slot)
        } else if openBytes > limits.openBytes, let largest = open.max(by: { $0.manifestSize < $1.manifestSize }) {
            close(largest.slot)
        }
        return slot
    }

    /// Closes all groups, in the order of their buckets and labels.
    public mutating func finish() {
        for group in open.sorted(by: { ($0.bucket, $0.label) < ($1.bucket, $1.label) }) { close(group.slot) }
    }

    /// Takes the groups that were closed.
    ///
    /// - Returns: The groups; their slots are theirs until they are released.
    public mutating func takeClosed() -> [Group] {
        defer { closed.removeAll(keepingCapacity: true) }
        return closed
    }

    /// Gives a slot free.
    public mutating func release(_ slot: Int) { freeSlots.append(slot) }

    private var open: [Group] { groups.compactMap { $0 } }

    /// A loop, and not `min`, which would copy every group: it is asked for each new one where all are open.
    private var slotIdleForLongest: Int? {
        var idle: (slot: Int, lastUse: Int)?
        for slot in groups.indices {
            guard let lastUse = groups[slot]?.lastUse, lastUse < idle?.lastUse ?? .max else { continue }
            idle = (slot, lastUse)
        }
        return idle?.slot
    }

    private mutating func findSlot(_ row: RowBytes, size: Int64) -> Int {
        let known = identity == lastIdentity ? lastSlot : slots[identity]
        if let known, let present = groups[known]?.size {
            let (sum, overflow) = present.addingReportingOverflow(size)
            if !overflow, sum <= limits.size { return remember(known) }
            close(known)
        }
        if slots.count >= limits.openGroups, let idle = slotIdleForLongest { close(idle) }
        let slot = freeSlots.popLast() ?? groups.count
        if slot == groups.count { groups.append(nil) }
        groups[slot] = Group(
            slot: slot, bucket: row.bucket, label: Array(identity.dropFirst(row.bucket.count + 1)))
        slots[identity] = slot
        return remember(slot)
    }

    private mutating func remember(_ slot: Int) -> Int {
        // Both keep their room: a copy would be made anew for each row.
        swap(&lastIdentity, &identity)
        lastSlot = slot
        return slot
    }

    private mutating func close(_ slot: Int) {
        guard var group = groups[slot] else { return }
        closedCount += 1
        group.sequence = closedCount
        groups[slot] = nil
        slots[group.bucket + [0] + group.label] = nil
        openBytes -= group.manifestSize
        if lastSlot == slot { lastSlot = nil }
        closed.append(group)
    }
}

private func < (one: ([UInt8], [UInt8]), other: ([UInt8], [UInt8])) -> Bool {
    one.0 == other.0 ? one.1.lexicographicallyPrecedes(other.1) : one.0.lexicographicallyPrecedes(other.0)
}
