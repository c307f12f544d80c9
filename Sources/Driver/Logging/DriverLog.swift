import FoundationEssentials
import Glibc
import Jobs
import LambdaRuntime

/// Writes the driver's lines: one JSON object a task, and one of metrics an invocation.
public struct DriverLog: Sendable {
    private let functionName: String
    private let print: @Sendable ([UInt8]) -> Void

    /// Makes a log.
    ///
    /// - Parameters:
    ///   - functionName: `AWS_LAMBDA_FUNCTION_NAME`, the metrics' dimension.
    ///   - print: Takes one or more whole lines at a time.
    public init(functionName: String, print: @escaping @Sendable ([UInt8]) -> Void) {
        self.functionName = functionName
        self.print = print
    }

    /// Writes the lines of an invocation at once.
    func write(_ event: BatchEvent, _ context: LambdaContext, _ results: [TaskResult], _ records: [TaskRecord]) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let time = Date()
        var lines = Data()
        func append(_ line: some Encodable) {
            // What cannot be encoded is a number that JSON has no word for, and there is none here.
            guard let encoded = try? encoder.encode(line) else { return }
            lines += encoded
            lines.append(UInt8(ascii: "\n"))
        }
        for (result, record) in zip(results, records) {
            append(TaskLine(time, event, context, result, record))
        }
        append(MetricsLine(time, functionName: functionName, records))
        print(Array(lines))
    }
}

/// The log line of one task.
private struct TaskLine: Encodable {
    var time: String
    var level: String
    var message: String
    var requestId: String
    var traceId: String?
    var tenantId: String?
    var invocationId: String
    var taskId: String
    var result: ResultCode
    var record: TaskRecord

    init(
        _ time: Date, _ event: BatchEvent, _ context: LambdaContext, _ result: TaskResult, _ record: TaskRecord
    ) {
        self.time = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        level = result.resultCode == .succeeded ? "info" : "error"
        message = result.resultString
        requestId = context.requestId
        traceId = context.traceId
        tenantId = context.tenantId
        invocationId = event.invocationId
        taskId = result.taskId
        self.result = result.resultCode
        self.record = record
    }

    enum CodingKeys: String, CodingKey {
        case time, level, message
        case requestId = "lambda_request_id"
        case traceId = "trace_id"
        case tenantId = "tenant_id"
        case invocationId = "invocation_id"
        case taskId = "task_id"
        case result, record
    }
}
