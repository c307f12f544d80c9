import Console
import Grouping
import Manifests

/// Deals rows out to groups and their manifests, without waiting for anything.
struct GroupWork {
    /// A group that is closed, with its manifest; `nil` in a dry run.
    struct Closed {
        var group: Group
        var manifest: SpooledManifest?
    }

    private(set) var totals = GroupingDocument.Totals()
    private let sieve: Sieve
    private var grouper: Grouper
    private var spool: GroupSpool?
    private var row = RowBytes()
    private var line: [UInt8] = []
    private var skipped: [Sieve.Verdict: Int64] = [:]

    /// Works by a document's parameters; without a spool nothing is written.
    init(_ document: GroupingDocument, spool: GroupSpool?) {
        sieve = Sieve(document.parameters.filter, now: document.started)
        grouper = Grouper(document.parameters.rule, limits: document.parameters.limits)
        self.spool = spool
    }

    /// Takes rows until groups are closed or the batch is at its end.
    ///
    /// - Returns: Whether groups were closed.
    mutating func take(_ rows: inout some ObjectRows) throws -> Bool {
        while try rows.next(into: &row) {
            totals.rows += 1
            let verdict = try sieve.verdict(row)
            guard verdict == .taken else {
                skipped[verdict, default: 0] += 1
                continue
            }
            try add()
            if !grouper.closed.isEmpty { return true }
        }
        return false
    }

    /// Closes all groups.
    mutating func finish() { grouper.finish() }

    /// Takes the groups that were closed.
    mutating func takeClosed() throws -> [Closed] {
        var closed: [Closed] = []
        for group in grouper.takeClosed() {
            closed.append(Closed(group: group, manifest: try spool?.take(group.slot)))
            grouper.release(group.slot)
        }
        totals.groups = Int64(grouper.closedCount)
        totals.skipped = Dictionary(uniqueKeysWithValues: skipped.map { ($0.key.rawValue, $0.value) })
        return closed
    }

    private mutating func add() throws {
        line.removeAll(keepingCapacity: true)
        row.appendJSONLine(to: &line)
        let slot = try grouper.add(row, length: line.count)
        try spool?.append(line, to: slot)
        totals.objects += 1
        totals.bytes &+= row.size ?? 0
        if row.size == nil { totals.withoutSize += 1 }
    }
}
