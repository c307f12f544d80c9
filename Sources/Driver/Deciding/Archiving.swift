import AWSCore
import FoundationEssentials
import Jobs
import Manifests
import S3

/// What is to be done about an object that is to be archived.
enum Route: Sendable, Equatable {
    /// A message to the queue of this URL.
    case queue(String, QueueMessage)
    /// A transfer, since it is too large for an archive.
    case transfer
    /// Nothing: it cannot be done.
    case refuse(Refusal)
}

/// Decides which way an object goes into the archive; depends on nothing else.
///
/// - Parameters:
///   - source: The object, as the task names it.
///   - head: What HeadObject says of it; its version and ETag are what the worker archives, and nothing newer.
///   - settings: The settings of the job.
///   - run: The run's id.
/// - Returns: The way.
func route(_ source: ObjectReference, _ head: HeadObjectOutput, _ settings: RunSettings, run: String) -> Route {
    guard let bucket = settings.copy.bucket else { return .refuse(.noDestination) }
    if let refusal = Refusal(archived: head) { return .refuse(refusal) }
    guard head.contentLength <= settings.bundle.maxSize else { return .transfer }
    guard let queue = settings.jobs.archiveQueue else {
        return .refuse(
            Refusal(
                code: "NoArchiveQueue", message: "no queue of archiving workers is set",
                advice: "set S3HAUL_ARCHIVE_QUEUE, or archiveQueue in the job's userArguments"))
    }
    var row = ManifestRow(
        bucket: source.bucket, key: source.key, versionId: source.versionId ?? head.versionId,
        size: head.contentLength)
    row.eTag = head.eTag
    row.lastModified = head.lastModified.flatMap { Int64(httpDate: $0) }
        .map { Date(timeIntervalSince1970: Double($0)).formatted(.iso8601) }
    row.storageClass = head.properties.storageClass ?? "STANDARD"
    var variables = settings.environment
    variables["S3HAUL_RUN"] = nil
    variables["S3HAUL_TO"] = ObjectPrefix(bucket: bucket, prefix: settings.copy.prefix).uri
    return .queue(queue, .object(row, run: run, settings: variables))
}
