import FoundationEssentials
import LambdaRuntime
import Manifests
import S3

extension BatchEvent {
    /// Reads an event; what is wrong with it but leaves its tasks readable becomes their problem.
    ///
    /// - Throws: `InvocationError` when there is no task to answer for.
    init(_ bytes: [UInt8]) throws(InvocationError) {
        do {
            self = try JSONDecoder().decode(LenientEvent.self, from: Data(bytes)).event
        } catch let error as MalformedEvent {
            throw InvocationError(type: "Runtime.MalformedEvent", message: error.message)
        } catch {
            let place = "the event of \(bytes.count) bytes is not JSON in UTF-8"
            throw InvocationError(type: "Runtime.MalformedEvent", message: place)
        }
    }
}

/// Why an event has no tasks to answer for.
private struct MalformedEvent: Error {
    var message: String
}

private enum EventKey: String, CodingKey {
    case invocationSchemaVersion, invocationId, job, tasks
}

private enum JobKey: String, CodingKey {
    case id, userArguments
}

private enum TaskKey: String, CodingKey {
    case taskId, s3Key, s3VersionId, s3Bucket, s3BucketArn
}

/// Decodes the fields that it knows, one by one, so that one wrong field does not hide the others.
private struct LenientEvent: Decodable {
    var event: BatchEvent

    init(from decoder: any Decoder) throws {
        guard let fields = try? decoder.container(keyedBy: EventKey.self) else {
            throw MalformedEvent(message: "the event is no JSON object; S3 Batch Operations sends one with tasks")
        }
        guard let tasks = try? fields.decode([LenientTask].self, forKey: .tasks) else {
            throw MalformedEvent(message: "the event's tasks are missing or no list; is it of S3 Batch Operations?")
        }
        let answerable = tasks.compactMap(\.task)
        if answerable.isEmpty, !tasks.isEmpty {
            throw MalformedEvent(message: "none of the event's \(tasks.count) tasks has a taskId to answer to")
        }
        let job = try? fields.nestedContainer(keyedBy: JobKey.self, forKey: .job)
        let (userArguments, argumentProblem) = Self.userArguments(in: job)
        let version = try? fields.decode(String.self, forKey: .invocationSchemaVersion)
        let run = (try? job?.decode(String.self, forKey: .id)) ?? ""
        let invocationId = try? fields.decode(String.self, forKey: .invocationId)
        event = BatchEvent(
            schemaVersion: version ?? "1.0", invocationId: invocationId ?? "", run: run, userArguments: userArguments,
            problem: Self.problem(version: version, invocationId: invocationId, run: run) ?? argumentProblem,
            tasks: answerable)
    }

    private static func problem(version: String?, invocationId: String?, run: String) -> String? {
        guard let version else { return "the event's invocationSchemaVersion is missing or no string" }
        guard ["1.0", "2.0"].contains(version) else {
            let shown = version.prefix(20).debugDescription
            return "the event's invocationSchemaVersion is \(shown); s3haul knows 1.0 and 2.0"
        }
        if invocationId == nil { return "the event's invocationId is missing or no string" }
        return run.isEmpty ? "the event's job.id is missing, empty or no string" : nil
    }

    private static func userArguments(
        in job: KeyedDecodingContainer<JobKey>?
    ) -> (arguments: [String: String], problem: String?) {
        guard let job, job.contains(.userArguments), (try? job.decodeNil(forKey: .userArguments)) != true else {
            return ([:], nil)
        }
        guard let arguments = try? job.decode([String: String].self, forKey: .userArguments) else {
            return ([:], "the event's job.userArguments is no object of strings")
        }
        return (arguments, nil)
    }
}

/// A task; `nil` where it has no id to answer to.
private struct LenientTask: Decodable {
    var task: EventTask?

    init(from decoder: any Decoder) throws {
        guard let fields = try? decoder.container(keyedBy: TaskKey.self),
            let taskId = try? fields.decode(String.self, forKey: .taskId), !taskId.isEmpty
        else { return }
        do throws(TaskProblem) {
            task = EventTask(taskId: taskId, object: .success(try Self.object(fields)))
        } catch {
            task = EventTask(taskId: taskId, object: .failure(error))
        }
    }

    private static func object(
        _ fields: KeyedDecodingContainer<TaskKey>
    ) throws(TaskProblem) -> ObjectReference {
        let version = try text(.s3VersionId, fields)
        return ObjectReference(bucket: try bucket(fields), key: try key(fields), versionId: version)
    }

    private static func key(_ fields: KeyedDecodingContainer<TaskKey>) throws(TaskProblem) -> String {
        guard let encoded = try text(.s3Key, fields) else {
            throw TaskProblem(message: "the task's s3Key is missing or empty")
        }
        guard let key = KeyEncoding.decode(encoded.utf8) else {
            throw TaskProblem(
                message: "the task's s3Key is not URL-encoded UTF-8: \(encoded.prefix(200).debugDescription); "
                    + "URL-encode the keys in the manifest")
        }
        guard key.utf8.count <= 1024 else {
            throw TaskProblem(message: "the task's s3Key has \(key.utf8.count) bytes; S3's keys have 1,024 at most")
        }
        return key
    }

    /// The bucket's name of schema 2.0, or the end of its ARN of schema 1.0, in which a region and an account may stand.
    private static func bucket(_ fields: KeyedDecodingContainer<TaskKey>) throws(TaskProblem) -> String {
        if let name = try text(.s3Bucket, fields) { return name }
        guard let arn = try text(.s3BucketArn, fields) else {
            throw TaskProblem(message: "the task has neither s3Bucket nor s3BucketArn")
        }
        guard arn.hasPrefix("arn:"), let name = arn.split(separator: ":", omittingEmptySubsequences: false).last,
            !name.isEmpty
        else {
            throw TaskProblem(message: "the task's s3BucketArn is no ARN: \(arn.prefix(200).debugDescription)")
        }
        return String(name)
    }

    /// A field's text; `nil` where it is missing, null or empty.
    private static func text(
        _ key: TaskKey, _ fields: KeyedDecodingContainer<TaskKey>
    ) throws(TaskProblem) -> String? {
        guard fields.contains(key), (try? fields.decodeNil(forKey: key)) != true else { return nil }
        guard let text = try? fields.decode(String.self, forKey: key) else {
            throw TaskProblem(message: "the task's \(key.rawValue) is no string of UTF-8")
        }
        return text.isEmpty ? nil : text
    }
}
