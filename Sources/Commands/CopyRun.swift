import Console
import HTTPTransport
import Jobs

/// Copies the objects of a source, so many at a time; one that fails does not stop the others.
struct CopyRun {
    /// How many failures are shown one by one; the records have all.
    static let shownFailures: Int64 = 20

    let concurrency: Int
    let copy: @Sendable (CopyWork) async -> TaskRecord
    let meter: CopyMeter
    let reporter: Reporter

    /// Copies until the source ends or the task is cancelled.
    ///
    /// - Parameters:
    ///   - source: What is copied.
    ///   - record: Takes the record of every object that was begun.
    /// - Returns: Whether every object of the source was begun.
    /// - Throws: What the source or `record` throws, after the objects under way are done.
    func run(_ source: TaskSource, record: (TaskRecord) async throws -> Void) async throws -> Bool {
        try await concurrently(concurrency) {
            try await source.next()
        } carryOut: { [copy] work in
            await copy(work)
        } record: { result in
            await show(result, after: await meter.add(result))
            try await record(result)
        }
    }

    private func show(_ record: TaskRecord, after totals: CopyTotals) async {
        guard record.outcome == .failed else { return }
        if totals.failed <= Self.shownFailures { await reporter.say(record.failureLine, level: .error) }
        if totals.failed == Self.shownFailures {
            await reporter.say("further failures are not shown; --records FILE keeps them all")
        }
    }
}

extension TaskRecord {
    /// One line on a failure: the object, the step, what happened, and what to do.
    var failureLine: String {
        let happened = message ?? errorCode ?? "failed"
        // What S3 says of a request names the operation and the object already.
        let line = happened.contains("s3://") ? happened : "\(source): \(step.map { "\($0): " } ?? "")\(happened)"
        return line + (advice.map { "; \($0)" } ?? "")
    }
}
