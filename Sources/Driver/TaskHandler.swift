import AWSCore
import BatchJobs
import Jobs
import S3

/// How far a task is.
enum TaskStep: Sendable {
    /// It is done.
    case done(TaskRecord)
    /// It is done when this message is in the queue of this URL.
    case send(QueueMessage, to: String, TaskRecord)

    /// The record of the task, as far as it is.
    var record: TaskRecord {
        switch self {
        case .done(let record), .send(_, _, let record): record
        }
    }
}

/// Carries out one task: looks at both objects, decides, and does what was decided.
struct TaskHandler: Sendable {
    let actions: Actions
    let settings: RunSettings
    let run: String

    func handle(_ source: ObjectReference) async -> TaskStep {
        let clock = ContinuousClock()
        let start = clock.now
        let step =
            switch settings.jobs.mode {
            case .copy: TaskStep.done(await transfer(source))
            case .archive: await archive(source)
            }
        let seconds = (clock.now - start) / .seconds(1)
        switch step {
        case .done(var record):
            record.seconds = seconds
            return .done(record)
        case .send(let message, let queue, var record):
            record.seconds = seconds
            return .send(message, to: queue, record)
        }
    }

    private func archive(_ source: ObjectReference) async -> TaskStep {
        var record = TaskRecord(run: run, source: source, destination: nil, outcome: .failed)
        do throws(AWSError) {
            let found = try await head(source)
            record.size = found.contentLength
            record.sourceETag = found.eTag
            switch route(source, found, settings, run: run) {
            case .queue(let queue, let message): return .send(message, to: queue, record)
            case .transfer: return .done(await transfer(source, found))
            case .refuse(let refusal): return .done(record.refused(refusal))
            }
        } catch {
            return .done(record.failed(error))
        }
    }

    private func transfer(_ source: ObjectReference, _ found: HeadObjectOutput? = nil) async -> TaskRecord {
        let record = TaskRecord(run: run, source: source, destination: nil, outcome: .failed)
        do throws(Refusal) {
            return await outcome(of: try CopyTask(source, settings.copy), found)
        } catch {
            return record.refused(error)
        }
    }

    private func outcome(of task: CopyTask, _ found: HeadObjectOutput?) async -> TaskRecord {
        var record = TaskRecord(run: run, source: task.source, destination: task.destination, outcome: .failed)
        do throws(AWSError) {
            async let standing = look(task.destination)
            let source = if let found { found } else { try await head(task.source) }
            record.size = source.contentLength
            record.sourceETag = source.eTag
            let facts = TaskFacts(source: source, destination: try await standing.get())
            switch decide(facts, settings) {
            case .nothing(let proof): return record.unchanged(proof, facts.destination)
            case .copy: return await actions.copy(task, source, settings)
            case .submit(let queue, let definition): return try await submit(task, record, queue, definition)
            case .refuse(let refusal): return record.refused(refusal)
            }
        } catch {
            return record.failed(error)
        }
    }

    private func head(_ object: ObjectReference) async throws(AWSError) -> HeadObjectOutput {
        var request = HeadObjectRequest(object)
        request.requesterPays = settings.copy.requesterPays
        return try await actions.head(request)
    }

    /// What stands at the destination; `nil` when nothing does, or when it may not be seen: without s3:ListBucket, S3
    /// answers 403 for what is not there.
    private func look(_ destination: ObjectReference) async -> Result<HeadObjectOutput?, AWSError> {
        do throws(AWSError) {
            return .success(try await head(destination))
        } catch {
            return error.isTemporary ? .failure(error) : .success(nil)
        }
    }

    private func submit(
        _ task: CopyTask, _ record: TaskRecord, _ queue: String, _ definition: String
    ) async throws(AWSError) -> TaskRecord {
        let command = JobCommand(task, settings: settings, run: run)
        let request = command.request(queue: queue, definition: definition, settings.jobs)
        let size: Int
        do {
            size = try request.body().count
        } catch {
            throw AWSError(.configuration(error), operation: "SubmitJob", subject: request.jobName, attempts: 0)
        }
        guard size <= BatchLimits.submitJobBytes else { return record.refused(.largeJob(size)) }
        return record.submitted(try await actions.submit(request), queue)
    }
}

extension TaskRecord {
    fileprivate func unchanged(_ proof: Proof, _ destination: HeadObjectOutput?) -> TaskRecord {
        var record = self
        record.outcome = .unchanged
        record.proof = proof
        record.destinationETag = destination?.eTag
        record.destination?.versionId = destination?.versionId
        record.message = "already at \(place), proven by \(proof.rawValue)"
        return record
    }

    fileprivate func submitted(_ job: SubmitJobOutput, _ queue: String) -> TaskRecord {
        var record = self
        record.outcome = .submitted
        record.message = "AWS Batch job \(job.jobId) in queue \(queue) copies \(size ?? 0) bytes to \(place)"
        record.advice = "see aws batch describe-jobs --jobs \(job.jobId)"
        return record
    }

    /// The destination, short enough to leave room for the rest of a result.
    private var place: String { (destination?.uri ?? "").oneLine(limit: 600) }
}

extension Refusal {
    fileprivate static func largeJob(_ size: Int) -> Refusal {
        Refusal(
            code: "JobTooLarge",
            message: "the job would have \(size) bytes; AWS Batch takes \(BatchLimits.submitJobBytes)",
            advice: "replace less metadata and fewer tags, or copy this object by s3haul copy")
    }
}
