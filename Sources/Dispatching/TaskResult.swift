import FoundationEssentials
import Jobs

/// How an invocation ended for its task.
public struct TaskResult: Sendable, Equatable {
    /// S3 Batch Operations' result codes.
    public enum Code: String, Sendable, Codable {
        /// It is done.
        case succeeded = "Succeeded"
        /// It is worth invoking again.
        case temporaryFailure = "TemporaryFailure"
        /// It failed for good.
        case permanentFailure = "PermanentFailure"
    }

    /// The result's code.
    public var code: Code
    /// What the report says of it, on one line.
    public var message: String

    /// Makes a result; the message is brought to one line of at most 1,024 characters.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message.oneLine(limit: 1_024)
    }
}

extension TaskResult {
    /// The result that a function's answer gives, read as strictly as S3 reads it.
    ///
    /// - Parameters:
    ///   - payload: The body of the answer.
    ///   - functionError: `X-Amz-Function-Error`, which says that the function failed.
    ///   - event: What the function was invoked with.
    public init(payload: [UInt8], functionError: String?, to event: InvocationEvent) {
        if functionError != nil || Self.isErrorReport(payload) {
            // The wording of S3's own reports (S3 User Guide, "Examples: S3 Batch Operations completion reports").
            self.init(.permanentFailure, "Lambda returned function error: \(String(decoding: payload, as: UTF8.self))")
            return
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(payload)) else {
            self.init(.permanentFailure, "Invalid JSON returned in Lambda payload")
            return
        }
        guard answer.invocationSchemaVersion == event.schema.rawValue else {
            self.init(
                .permanentFailure,
                "Lambda returned invocationSchemaVersion \(answer.invocationSchemaVersion) to \(event.schema.rawValue)")
            return
        }
        guard answer.invocationId == event.invocationId else {
            self.init(.permanentFailure, "Lambda returned an invocationId that is not the event's")
            return
        }
        let results = answer.results.filter { $0.taskId == event.taskId }
        guard results.count <= 1 else {
            self.init(.permanentFailure, "Lambda returned \(results.count) results for one task")
            return
        }
        guard let result = results.first else {
            self.init(answer.treatMissingKeysAs ?? .permanentFailure, "Lambda returned no result for the task")
            return
        }
        self.init(result.resultCode, result.resultString ?? "")
    }

    private struct Answer: Decodable {
        struct Result: Decodable {
            var taskId: String
            var resultCode: Code
            var resultString: String?
        }
        var invocationSchemaVersion: String
        var treatMissingKeysAs: Code?
        var invocationId: String
        var results: [Result]
    }

    private struct ErrorReport: Decodable {
        var errorMessage: String
    }

    /// Whether it is a failed function's report: the Runtime Interface Emulator sends it without the header.
    private static func isErrorReport(_ payload: [UInt8]) -> Bool {
        (try? JSONDecoder().decode(ErrorReport.self, from: Data(payload))) != nil
    }
}
