import Manifests

/// A finished task, as the journal and the completion report have it.
struct JournalEntry: Equatable {
    var index: Int64
    var hasSucceeded: Bool
    /// The task's row of the completion report, without a line end.
    var reportRow: String

    init(_ task: DispatchTask, _ result: TaskResult) {
        index = task.index
        hasSucceeded = result.code == .succeeded
        // Report_CSV_20180820, in the order of the rows that S3 shows: the status, the HTTP status, then the error code
        // (S3 User Guide, "Examples: S3 Batch Operations completion reports").
        reportRow = [
            task.bucket, KeyEncoding.encodeForManifest(task.key), task.versionId ?? "",
            hasSucceeded ? "succeeded" : "failed", "200", hasSucceeded ? "" : result.code.rawValue,
            "\"\(result.message.replacing("\"", with: "\"\""))\"",
        ].joined(separator: ",")
    }

    /// Reads a line of the journal; `nil` when it is none.
    init?(line: some StringProtocol) {
        let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let index = Int64(parts[0]), index >= 0, ["ok", "failed"].contains(parts[1]) else {
            return nil
        }
        self.index = index
        hasSucceeded = parts[1] == "ok"
        reportRow = String(parts[2])
    }

    /// The line of the journal, with its line end.
    var line: String { "\(index)\t\(hasSucceeded ? "ok" : "failed")\t\(reportRow)\n" }
}
