import Console
import Jobs

/// The records of several bundles that are made at a time.
///
/// A record that cannot be kept does not undo the bundle it is of, but ends the work: who asked for records shall not
/// find sources deleted without.
actor SharedRecords {
    private let writer: RecordWriter
    private let failures: AsyncStream<Void>
    private let failed: AsyncStream<Void>.Continuation
    private var firstFailure: (any Error)?

    init(_ place: Place, name: String, _ session: Session) throws(UsageError) {
        writer = try RecordWriter(place, name: name, session)
        (failures, failed) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    func write(_ record: TaskRecord) async {
        do { try await writer.add(record)?.store() } catch {
            firstFailure = firstFailure ?? error
            failed.yield()
        }
    }

    /// Waits until a record could not be kept, or for the end of the task.
    nonisolated func untilFailed() async { for await _ in failures { return } }

    /// Brings every record to its place, also in a task that is cancelled.
    ///
    /// - Throws: Why a record could not be kept.
    func finish() async throws {
        try await writer.finish()
        if let firstFailure { throw firstFailure }
    }
}
