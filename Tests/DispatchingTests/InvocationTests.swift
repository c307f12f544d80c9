import Dispatching
import Testing

@Suite struct InvocationTests {
    static let task = DispatchTask(index: 7, bucket: "photos", key: "a b+c/ü.txt", versionId: "v1")

    static func job(_ schema: DispatchJob.Schema = .v1) -> DispatchJob {
        var job = DispatchJob(id: "run-1")
        job.schema = schema
        job.userArguments = ["storageClass": "STANDARD_IA"]
        return job
    }

    @Test func writesSchema1() throws {
        let event = InvocationEvent(Self.task, of: Self.job())
        #expect(
            String(decoding: try event.json(), as: UTF8.self)
                == #"{"invocationId":"cnVuLTEvNy8w","invocationSchemaVersion":"1.0","job":{"id":"run-1"},"tasks":"#
                + #"[{"s3BucketArn":"arn:aws:s3:::photos","s3Key":"a+b%2Bc/%C3%BC.txt","s3VersionId":"v1","#
                + #""taskId":"cnVuLTEvNw=="}]}"#)
    }

    @Test func writesSchema2() throws {
        var task = Self.task
        task.versionId = nil
        #expect(
            String(decoding: try InvocationEvent(task, of: Self.job(.v2)).json(), as: UTF8.self)
                == #"{"invocationId":"cnVuLTEvNy8w","invocationSchemaVersion":"2.0","job":{"id":"run-1","#
                + #""userArguments":{"storageClass":"STANDARD_IA"}},"tasks":[{"s3Bucket":"photos","#
                + #""s3Key":"a+b%2Bc/%C3%BC.txt","s3VersionId":null,"taskId":"cnVuLTEvNw=="}]}"#)
    }

    struct Answer: CustomTestStringConvertible {
        var testDescription: String
        var payload: String
        var functionError: String?
        var code: TaskResult.Code
        var says: String
        init(
            _ name: String, _ payload: String, error: String? = nil, _ code: TaskResult.Code, _ says: String
        ) {
            testDescription = name
            self.payload = payload
            functionError = error
            self.code = code
            self.says = says
        }
    }

    static func answer(
        schema: String = "1.0", invocation: String = "cnVuLTEvNy8w", missing: String = "PermanentFailure",
        _ results: String
    ) -> String {
        #"{"invocationSchemaVersion":"\#(schema)","treatMissingKeysAs":"\#(missing)","invocationId":"\#(invocation)","#
            + #""results":[\#(results)]}"#
    }
    static let done = #"{"taskId":"cnVuLTEvNw==","resultCode":"Succeeded","resultString":"copied"}"#
    static let invalid = "Invalid JSON returned in Lambda payload"

    @Test(arguments: [
        Answer("done", answer(done), .succeeded, "copied"),
        Answer(
            "for the time being", answer(done.replacing("Succeeded", with: "TemporaryFailure")), .temporaryFailure,
            "copied"),
        Answer("for good", answer(done.replacing("Succeeded", with: "PermanentFailure")), .permanentFailure, "copied"),
        Answer("on many lines", answer(done.replacing("copied", with: #"a\nb\tc"#)), .succeeded, "a b c"),
        Answer(
            "too long", answer(done.replacing("copied", with: String(repeating: "x", count: 2_000))), .succeeded,
            String(repeating: "x", count: 1_023) + "…"),
        Answer("no message", answer(#"{"taskId":"cnVuLTEvNw==","resultCode":"Succeeded"}"#), .succeeded, ""),
        Answer("not JSON", "Task timed out after 3.00 seconds", .permanentFailure, invalid),
        Answer("empty", "", .permanentFailure, invalid),
        Answer("null", "null", .permanentFailure, invalid),
        Answer("a list", "[]", .permanentFailure, invalid),
        Answer("unknown code", answer(done.replacing("Succeeded", with: "Done")), .permanentFailure, invalid),
        Answer(
            "no results", #"{"invocationSchemaVersion":"1.0","invocationId":"cnVuLTEvNy8w"}"#, .permanentFailure,
            invalid),
        Answer(
            "another schema", answer(schema: "3.0", done), .permanentFailure,
            "Lambda returned invocationSchemaVersion 3.0 to 1.0"),
        Answer(
            "another invocation", answer(invocation: "x", done), .permanentFailure,
            "Lambda returned an invocationId that is not the event's"),
        Answer("missing", answer(""), .permanentFailure, "Lambda returned no result for the task"),
        Answer(
            "missing, for the time being", answer(missing: "TemporaryFailure", done.replacing("Nw==", with: "OA==")),
            .temporaryFailure, "Lambda returned no result for the task"),
        Answer("twice", answer("\(done),\(done)"), .permanentFailure, "Lambda returned 2 results for one task"),
        Answer(
            "a failed function", #"{"errorMessage":"boom"}"#, error: "Unhandled", .permanentFailure,
            #"Lambda returned function error: {"errorMessage":"boom"}"#),
        Answer(
            "a failed function, on the emulator", #"{"errorMessage":"boom","errorType":"E"}"#, .permanentFailure,
            #"Lambda returned function error: {"errorMessage":"boom","errorType":"E"}"#),
    ])
    func readsAnswersAsS3Does(_ answer: Answer) {
        let event = InvocationEvent(Self.task, of: Self.job())
        let result = TaskResult(payload: Array(answer.payload.utf8), functionError: answer.functionError, to: event)
        #expect(result == TaskResult(answer.code, answer.says))
        #expect(result.message == answer.says)
    }
}
