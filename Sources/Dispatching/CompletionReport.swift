public import FoundationEssentials
import Glibc

/// S3 Batch Operations' completion report: CSV files of tasks, and a `manifest.json` that lists them.
public struct CompletionReport: Sendable {
    /// Which tasks a report has.
    public enum Scope: String, Sendable, CaseIterable {
        /// All of them: S3's `AllTasks`.
        case all
        /// Those that failed: S3's `FailedTasksOnly`.
        case failed
    }

    /// One file of a report.
    public struct File: Sendable, Equatable {
        /// Its name below the report's place: `job-ID/results/failed-1.csv`.
        public var name: String
        /// Where it is now.
        public var path: String
        /// `succeeded` or `failed`.
        public var status: String
        /// The MD5 of its bytes, in hexadecimal.
        public var md5: String
    }

    /// How many rows one file has at most, so that a file can be stored by one request.
    static let rowsPerFile = 1_000_000

    private let job: String
    private let scope: Scope

    /// Makes a report of a job.
    public init(job: String, scope: Scope) {
        self.job = job
        self.scope = scope
    }

    /// The name of the report's `manifest.json` below its place.
    public var manifestName: String { "job-\(job)/manifest.json" }

    /// Writes the tasks of a journal into CSV files below a directory.
    ///
    /// - Returns: The files, those of succeeded tasks first.
    /// - Throws: `JournalError` when a file cannot be written.
    public func write(_ journal: Journal, below directory: String) throws(JournalError) -> [File] {
        var succeeded = ReportFiles(status: "succeeded", job: job, directory: directory)
        var failed = ReportFiles(status: "failed", job: job, directory: directory)
        try makeDirectory("\(directory)/job-\(job)/results")
        try journal.forEach { entry throws(JournalError) in
            if !entry.hasSucceeded {
                try failed.append(entry.reportRow)
            } else if scope == .all {
                try succeeded.append(entry.reportRow)
            }
        }
        return (try succeeded.finish()) + (try failed.finish())
    }

    /// The text of `manifest.json`.
    ///
    /// - Parameters:
    ///   - files: The report's files.
    ///   - bucket: The bucket in which the report is stored; empty for a directory.
    ///   - prefix: What stands before their names in the bucket.
    ///   - date: When the report was made.
    /// - Returns: JSON in the form of S3's own.
    /// - Throws: What encoding throws.
    public func manifest(of files: [File], bucket: String, prefix: String, date: Date) throws -> [UInt8] {
        let manifest = ReportManifest(
            reportCreationDate: date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            results: files.map {
                .init(taskExecutionStatus: $0.status, bucket: bucket, md5Checksum: $0.md5, key: prefix + $0.name)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(manifest))
    }

    private func makeDirectory(_ path: String) throws(JournalError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw JournalError("\(path) cannot be made: \(error)")
        }
    }
}

/// The `manifest.json` of a report (S3 User Guide, "Examples: S3 Batch Operations completion reports").
private struct ReportManifest: Encodable {
    struct Result: Encodable {
        var taskExecutionStatus: String
        var bucket: String
        var md5Checksum: String
        var key: String

        enum CodingKeys: String, CodingKey {
            case taskExecutionStatus = "TaskExecutionStatus"
            case bucket = "Bucket"
            case md5Checksum = "MD5Checksum"
            case key = "Key"
        }
    }

    var format = "Report_CSV_20180820"
    var reportCreationDate: String
    var results: [Result]
    var reportSchema = "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage"

    enum CodingKeys: String, CodingKey {
        case format = "Format"
        case reportCreationDate = "ReportCreationDate"
        case results = "Results"
        case reportSchema = "ReportSchema"
    }
}
