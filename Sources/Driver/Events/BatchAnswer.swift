import FoundationEssentials
import Jobs
import LambdaRuntime
import S3

/// What the driver answers to S3 Batch Operations.
struct BatchAnswer: Encodable {
    var invocationSchemaVersion: String
    var treatMissingKeysAs = ResultCode.permanentFailure
    var invocationId: String
    var results: [TaskResult]

    /// The answer to an event.
    init(to event: BatchEvent, _ results: [TaskResult]) {
        invocationSchemaVersion = event.schemaVersion
        invocationId = event.invocationId
        self.results = results
    }

    /// The answer as JSON.
    func json() throws(InvocationError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            throw InvocationError(type: "Runtime.UnreadableAnswer", message: "the answer cannot be encoded")
        }
    }
}

/// What S3 Batch Operations does with a task.
enum ResultCode: String, Encodable {
    case succeeded = "Succeeded"
    /// It hands the task out again before the job ends.
    case temporaryFailure = "TemporaryFailure"
    case permanentFailure = "PermanentFailure"
}

/// The answer to one task.
struct TaskResult: Encodable, Equatable {
    var taskId: String
    var resultCode: ResultCode
    var resultString: String

    /// The longest text that the completion report is given, in Unicode scalars.
    ///
    /// AWS documents none; this much keeps a row of the report readable.
    static let textLimit = 1024

    /// The answer that a record makes.
    init(taskId: String, _ record: TaskRecord) {
        self.taskId = taskId
        resultCode =
            switch record.outcome {
            case .copied, .unchanged, .archived, .deleted, .submitted, .queued, .planned: .succeeded
            case .interrupted: .temporaryFailure
            case .failed: .permanentFailure
            }
        resultString = Self.text(record).oneLine(limit: Self.textLimit)
    }

    private static func text(_ record: TaskRecord) -> String {
        let message = (record.message ?? (record.outcome == .copied ? copied(record) : "")).oneLine(limit: 640)
        let unsaid = [record.step, record.errorCode].compactMap { $0 }.filter { !message.contains($0) }
        var text = (unsaid + [message]).joined(separator: ": ")
        if let requestId = record.requestId, !message.contains(requestId) { text += " (request id \(requestId))" }
        if let advice = record.advice { text += "; \(advice)" }
        return text
    }

    private static func copied(_ record: TaskRecord) -> String {
        let proof = record.proof.map { ", proven by \($0.rawValue)" } ?? ""
        let place = (record.destination?.uri ?? "").oneLine(limit: 900)
        return "copied \(record.size ?? 0) bytes to \(place)\(proof)"
    }
}
