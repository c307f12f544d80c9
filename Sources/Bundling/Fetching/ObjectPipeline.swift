internal import Manifests

/// Gets the objects of a manifest, many at a time, and gives them in the manifest's order.
///
/// What is under way or waits for its turn is bounded by number and by bytes.
final class ObjectPipeline {
    /// How much is under way or waits for its turn at most, in bytes.
    static let room = 48 << 20

    private var group: ThrowingTaskGroup<(Int, Fetched), any Error>
    private let fetcher: ObjectFetcher
    private let rows: RowSource
    private let concurrency: Int
    /// Objects that an attempt before could not read to their end.
    private let lost: [Int: BundleFailure]

    private var pushedBack: ManifestRow?
    private var seen = SeenRows()
    private var isAtEnd = false
    private var ordinal = 0
    private var started = 0
    private var completed = 0
    private var delivered = 0
    private var taken = 0
    private var rooms: [Int: Int] = [:]
    private var waiting: [Int: Fetched] = [:]

    init(
        _ group: ThrowingTaskGroup<(Int, Fetched), any Error>, _ fetcher: ObjectFetcher, concurrency: Int,
        lost: [Int: BundleFailure], first: ManifestRow, rows: @escaping RowSource
    ) {
        self.group = group
        self.fetcher = fetcher
        self.concurrency = concurrency
        self.lost = lost
        self.rows = rows
        pushedBack = first
        _ = seen.insert(first)
    }

    /// What became of the next row; `nil` at the manifest's end.
    func next() async throws -> Fetched? {
        try await fill()
        guard delivered < started else { return nil }
        while waiting[delivered] == nil {
            guard let (number, fetched) = try await group.next() else { return nil }
            waiting[number] = fetched
            completed += 1
            try await fill()
        }
        defer {
            taken -= rooms.removeValue(forKey: delivered) ?? 0
            delivered += 1
        }
        return waiting.removeValue(forKey: delivered)
    }

    private func fill() async throws {
        // Objects that are done and wait for a slow one before them leave their place to others.
        while !isAtEnd, started - completed < concurrency, started - delivered < 4 * concurrency {
            guard let row = try await nextRow() else { return isAtEnd = true }
            let room = ObjectFetcher.room(for: row)
            guard taken == 0 || taken + room <= Self.room else {
                pushedBack = row
                return
            }
            start(row, room)
        }
    }

    private func start(_ row: ManifestRow, _ room: Int) {
        let (number, place) = (started, ordinal)
        if let failure = lost[place] {
            waiting[number] = .failed(DeadLetter(row: row, failure: failure), ordinal: place)
            completed += 1
        } else {
            rooms[number] = room
            taken += room
            group.addTask { [fetcher] in (number, await fetcher.fetch(row, ordinal: place)) }
        }
        started += 1
        ordinal += 1
    }

    /// The next row; one that is listed twice counts once.
    private func nextRow() async throws -> ManifestRow? {
        if let row = pushedBack {
            pushedBack = nil
            return row
        }
        while let row = try await rows() {
            if seen.insert(row) { return row }
        }
        return nil
    }
}
