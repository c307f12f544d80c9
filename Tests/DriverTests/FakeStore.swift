import AWSCore
import BatchJobs
import Driver
import HTTPTransport
import Jobs
import LambdaRuntime
import Manifests
import S3

/// A store of a few objects for the driver, and what it asked of it.
final class FakeStore: Sendable {
    struct State {
        var objects: [ObjectReference: Result<HeadObjectOutput, AWSError>] = [:]
        var copied: [CopyTask] = []
        var settings: [RunSettings] = []
        var submitted: [SubmitJobRequest] = []
        var copyOutcome = TaskRecord.Outcome.copied
        var submitError: AWSError?
        /// What was sent, a batch each, and to which queue.
        var sent: [(queue: String, messages: [QueueMessage])] = []
        /// Why messages are not taken, by key of the object.
        var sendErrors: [String: AWSError] = [:]
        var atOnce = 0
        var mostAtOnce = 0
    }

    let state = Locked(State())
    let printed = Locked<[UInt8]>([])

    var actions: Actions {
        Actions(
            head: { [state] request throws(AWSError) in
                state.withLock { state in
                    state.atOnce += 1
                    state.mostAtOnce = max(state.mostAtOnce, state.atOnce)
                }
                await Task.yield()
                let found = state.withLock { state in
                    state.atOnce -= 1
                    return state.objects[request.object]
                }
                return try (found ?? .failure(Self.missing(request.object))).get()
            },
            copy: { [state] task, source, settings in
                let outcome = state.withLock { state in
                    state.copied.append(task)
                    state.settings.append(settings)
                    return state.copyOutcome
                }
                var record = TaskRecord(
                    run: settings.run ?? "", source: task.source, destination: task.destination, outcome: outcome)
                record.size = source.contentLength
                record.proof = .eTag
                return record
            },
            submit: { [state] request throws(AWSError) in
                if let error = state.withLock({ $0.submitError }) { throw error }
                return state.withLock { state in
                    state.submitted.append(request)
                    return SubmitJobOutput(jobId: "job-\(state.submitted.count)", jobName: request.jobName)
                }
            },
            send: { [state] messages, queue in
                state.withLock { state in
                    state.sent.append((queue, messages))
                    return messages.map { message in
                        guard case .object(let row, _, _) = message else { return nil }
                        return state.sendErrors[row.key]
                    }
                }
            })
    }

    static func missing(_ object: ObjectReference) -> AWSError { failure(404, "NotFound", subject: object.uri) }

    static func failure(
        _ status: Int, _ code: String, operation: String = "HeadObject", subject: String = "s3://from/k",
        headers: HTTPHeaders = [:]
    ) -> AWSError {
        let error = ServiceError(status: status, code: code, requestId: "REQ1", headers: headers)
        return AWSError(.service(error), operation: operation, subject: subject, attempts: 1)
    }

    static func head(_ size: Int64, eTag: String = "d41d8cd98f00b204e9800998ecf8427e") -> HeadObjectOutput {
        HeadObjectOutput(contentLength: size, eTag: eTag)
    }

    func put(_ bucket: String, _ key: String, version: String? = nil, _ head: HeadObjectOutput) {
        put(bucket, key, version: version, .success(head))
    }

    func put(
        _ bucket: String, _ key: String, version: String? = nil, _ result: Result<HeadObjectOutput, AWSError>
    ) {
        state.withLock { $0.objects[ObjectReference(bucket: bucket, key: key, versionId: version)] = result }
    }

    /// A driver that copies to the bucket `to`, and has a job queue.
    func driver(_ change: (inout RunSettings) -> Void = { _ in }) -> Driver {
        var settings = RunSettings()
        settings.copy.bucket = "to"
        settings.jobs.queue = "queue"
        settings.jobs.definition = "worker"
        change(&settings)
        let log = DriverLog(functionName: "f") { [printed] bytes in printed.withLock { $0 += bytes } }
        return Driver(settings: settings, actions: actions, log: log)
    }
}
