import Jobs
import S3

/// What is to be done about a task.
enum Decision: Sendable, Equatable {
    /// Nothing: the destination is the source already.
    case nothing(TaskRecord.Proof)
    /// One CopyObject, at once.
    case copy
    /// An AWS Batch job.
    case submit(queue: String, definition: String)
    /// Nothing: it cannot be done.
    case refuse(Refusal)
}

/// What is known of a task's objects.
struct TaskFacts: Sendable {
    /// The source.
    var source: HeadObjectOutput
    /// What stands at the destination; `nil` when nothing does, or it cannot be seen.
    var destination: HeadObjectOutput?
}

/// Decides what is to be done about a task; depends on nothing else.
func decide(_ facts: TaskFacts, _ settings: RunSettings) -> Decision {
    if let destination = facts.destination {
        if let proof = proofOfFinishedCopy(facts.source, destination, settings.copy) { return .nothing(proof) }
        if !settings.copy.overwrites { return .refuse(.occupied(destination)) }
    }
    if let refusal = Refusal(archived: facts.source) { return .refuse(refusal) }
    if facts.source.contentLength <= min(settings.copy.inlineLimit, copyObjectLimit) { return .copy }
    guard let queue = settings.jobs.queue, let definition = settings.jobs.definition else {
        return .refuse(.noQueue(facts.source, settings))
    }
    return .submit(queue: queue, definition: definition)
}

/// The largest object that CopyObject takes: 5 GB (S3 API Reference, CopyObject).
private let copyObjectLimit: Int64 = 5_000_000_000

extension Refusal {
    /// Why the object's bytes cannot be read as long as it is archived; `nil` when they can.
    init?(archived source: HeadObjectOutput) {
        guard Restoration.isArchived(source) else { return nil }
        let place = source.archiveStatus ?? source.properties.storageClass ?? "an archive"
        if Restoration.isUnderWay(source) {
            self.init(
                code: "InvalidObjectState", message: "the source is in \(place) and still being restored",
                advice: "run a job for the failed tasks when the restore is done")
        } else {
            self.init(
                code: "InvalidObjectState", message: "the source is in \(place) and not restored",
                advice: "restore it (an S3 Batch Operations restore job takes the same manifest), then copy it")
        }
    }

    fileprivate static func occupied(_ destination: HeadObjectOutput) -> Refusal {
        Refusal(
            code: "PreconditionFailed",
            message: "another object of \(destination.contentLength) bytes, ETag \(destination.eTag), is at the "
                + "destination",
            advice: "allow it to be replaced by S3HAUL_OVERWRITE=true, or choose another prefix")
    }

    fileprivate static func noQueue(_ source: HeadObjectOutput, _ settings: RunSettings) -> Refusal {
        let variable = settings.jobs.queue == nil ? "S3HAUL_JOB_QUEUE" : "S3HAUL_JOB_DEFINITION"
        return Refusal(
            code: "NoJobQueue",
            message: "the source's \(source.contentLength) bytes are over the inline limit of "
                + "\(settings.copy.inlineLimit), and no AWS Batch job can be submitted",
            advice: "set \(variable)")
    }
}
