/// So many bytes of memory, which tasks share: who finds too few of them left waits for its turn.
///
/// A task that has taken bytes must give them back without taking more of the same budget in between, so that all come
/// to an end. One that is cancelled while it waits gets its turn, too: those before it end, and give back what they have.
actor ByteBudget {
    private let size: Int
    private var free: Int
    private var waiting: ArraySlice<(bytes: Int, turn: CheckedContinuation<Void, Never>)> = []

    init(_ size: Int) {
        self.size = size
        free = size
    }

    /// Waits for bytes.
    ///
    /// - Parameter bytes: How many; more than there are count as all of them.
    /// - Returns: How many to give back.
    func take(_ bytes: Int) async -> Int {
        let bytes = min(max(bytes, 0), size)
        if waiting.isEmpty, bytes <= free {
            free -= bytes
        } else {
            await withCheckedContinuation { waiting.append((bytes, $0)) }
        }
        return bytes
    }

    /// Gives bytes back.
    func give(_ bytes: Int) {
        free += bytes
        while let next = waiting.first, next.bytes <= free {
            waiting.removeFirst()
            free -= next.bytes
            next.turn.resume()
        }
    }
}
