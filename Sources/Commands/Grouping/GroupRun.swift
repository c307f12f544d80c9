import Console
import Grouping
import HTTPTransport

/// Groups rows and stores the manifests, some at a time.
struct GroupRun {
    let document: GroupingDocument
    let place: any GroupPlace
    let isDryRun: Bool
    let meter: RowMeter

    /// What a run came to.
    struct Result: Sendable {
        var totals: GroupingDocument.Totals
        /// How many manifests were there already.
        var unchanged: Int64 = 0
    }

    /// So many manifests are stored at a time; each needs a part of 8 MiB.
    private static let uploads = 3

    /// Groups all rows.
    ///
    /// - Returns: `nil` when it was cancelled.
    func run(_ rows: any ObjectRows) async throws -> Result? {
        let spool = isDryRun ? nil : GroupSpool(folder: place.spoolFolder)
        var work = GroupWork(document, spool: spool)
        var rows = rows
        return try await withThrowingTaskGroup(of: Bool.self) { uploads in
            var lists = GroupLists(place: place)
            var result = Result(totals: work.totals)
            var running = 0
            func store(_ closed: [GroupWork.Closed]) async throws {
                for one in closed {
                    guard let manifest = one.manifest else { continue }
                    if running >= Self.uploads, try await uploads.next() == false { result.unchanged += 1 }
                    running = min(running + 1, Self.uploads)
                    let (place, name) = (place, one.group.name)
                    uploads.addTask { try await place.store(manifest, name) }
                    try await lists.append(name)
                }
            }
            while try await rows.fill() {
                while try work.take(&rows) { try await store(try work.takeClosed()) }
                await meter.set(rows: work.totals.rows)
                if Task.isCancelled { return nil }
            }
            work.finish()
            try await store(try work.takeClosed())
            while let stored = try await uploads.next() { result.unchanged += stored ? 0 : 1 }
            if !isDryRun { try await lists.finish() }
            result.totals = work.totals
            return result
        }
    }
}

/// Writes down the manifests, an address a line, in files of as many as an AWS Batch array job has children at most.
struct GroupLists {
    /// (AWS Batch API Reference: ArrayProperties)
    static let length = 10_000

    let place: any GroupPlace
    private var lines: [UInt8] = []
    private var count = 0

    init(place: any GroupPlace) { self.place = place }

    /// The name of the list that has a manifest, by the manifest's place from 0.
    static func name(of manifest: Int) -> String {
        let digits = String(manifest / length + 1)
        return "manifests-\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits).txt"
    }

    mutating func append(_ manifest: String) async throws {
        lines += "\(place.address(manifest))\n".utf8
        count += 1
        if count.isMultiple(of: Self.length) { try await finish() }
    }

    mutating func finish() async throws {
        guard !lines.isEmpty else { return }
        try await place.replace(lines, Self.name(of: count - 1))
        lines.removeAll(keepingCapacity: true)
    }
}
