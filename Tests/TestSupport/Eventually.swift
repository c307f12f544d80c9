/// Lets other tasks run until `condition` holds, and throws if it does not within a minute: a test that waits in vain
/// fails, and does not hang.
public func eventually(
    _ what: String, _ condition: () async throws -> Bool
) async throws {
    let start = ContinuousClock.now
    while try await !condition() {
        guard ContinuousClock.now - start < .seconds(60) else { throw NeverHappened(what: what) }
        await Task.yield()
    }
}

/// What a test waited for, and did not come.
public struct NeverHappened: Error {
    /// The thing, as a sentence.
    public let what: String
}
