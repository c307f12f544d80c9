/// Makes many things, a few at a time, and gives them in their order.
///
/// - Parameters:
///   - count: How many there are.
///   - limit: How many are under way or wait for an earlier one.
///   - make: Makes the one of a number, from 0.
///   - take: Is given each, in order.
/// - Throws: What `make` or `take` throws; what is under way is cancelled then.
func inOrder<Made: Sendable>(
    _ count: Int, atATime limit: Int, make: @escaping @Sendable (Int) async throws -> Made,
    take: (Int, Made) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: (Int, Made).self) { group in
        var waiting: [Int: Made] = [:]
        var started = 0
        for number in 0..<count {
            while started < min(count, number + limit) {
                group.addTask { [started] in (started, try await make(started)) }
                started += 1
            }
            while waiting[number] == nil, let (arrived, made) = try await group.next() { waiting[arrived] = made }
            guard let made = waiting.removeValue(forKey: number) else { return }
            try await take(number, made)
        }
    }
}
