/// Carries out work, so much at a time, as it is found.
///
/// - Parameters:
///   - limit: How many are under way at a time.
///   - next: Finds the next work; nil at the end.
///   - carryOut: Does it, and says what came of it.
///   - record: Takes what came of it, in no order.
/// - Returns: Whether the end was reached; false where the task was cancelled before.
/// - Throws: What `next` or `record` throw, once what is under way is done.
package func concurrently<Work: Sendable, Result: Sendable>(
    _ limit: Int, next: () async throws -> Work?, carryOut: @escaping @Sendable (Work) async -> Result,
    record: (Result) async throws -> Void
) async throws -> Bool {
    try await withThrowingTaskGroup(of: Result.self) { group in
        var underWay = 0
        var failure: (any Error)?
        var isAtEnd = false
        while true {
            while underWay < limit, !isAtEnd, !Task.isCancelled {
                do {
                    guard let work = try await next() else {
                        isAtEnd = true
                        break
                    }
                    group.addTask { await carryOut(work) }
                    underWay += 1
                } catch {
                    // What ends the search because of the cancellation is no failure of its own.
                    if Task.isCancelled { break }
                    failure = error
                    isAtEnd = true
                }
            }
            guard let result = try await group.next() else { break }
            underWay -= 1
            do { try await record(result) } catch {
                failure = failure ?? error
                isAtEnd = true
            }
        }
        if let failure { throw failure }
        return isAtEnd
    }
}
