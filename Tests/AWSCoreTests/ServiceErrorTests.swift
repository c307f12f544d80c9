import HTTPTransport
import Testing

@testable import AWSCore

@Suite struct ServiceErrorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var status = 400
        var headers: HTTPHeaders = [:]
        var body = ""
        var code: String
        var message = ""
        var requestId: String?
    }

    @Test(arguments: [
        Row(
            testDescription: "S3", status: 404, headers: ["x-amz-request-id": "header"],
            body:
                "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>gone</Message><RequestId>R</RequestId></Error>",
            code: "NoSuchKey", message: "gone", requestId: "R"),
        Row(testDescription: "HEAD", status: 404, headers: ["x-amz-request-id": "R"], code: "NotFound", requestId: "R"),
        Row(testDescription: "HEAD throttled", status: 503, code: "ServiceUnavailable"),
        Row(
            testDescription: "STS",
            body:
                "<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>"
                + "<RequestId>R</RequestId></ErrorResponse>", code: "AccessDenied", message: "no", requestId: "R"),
        Row(
            testDescription: "SQS", headers: ["x-amzn-requestid": "R"],
            body: #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"none"}"#, code: "QueueDoesNotExist",
            message: "none", requestId: "R"),
        Row(
            testDescription: "SQS with its old code",
            headers: ["x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"],
            body: #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist"}"#, code: "AWS.SimpleQueueService.NonExistentQueue"),
        Row(
            testDescription: "Batch", headers: ["x-amzn-errortype": "ClientException:http://internal/"],
            body: #"{"message":"JobQueue missing"}"#, code: "ClientException", message: "JobQueue missing"),
        Row(testDescription: "a proxy's page", status: 502, body: "<html><body>Bad Gateway", code: "HTTP502"),
        Row(testDescription: "garbage", status: 500, body: "\u{0}\u{1}", code: "InternalError"),
        Row(testDescription: "empty XML", status: 403, body: "<", code: "Forbidden"),
    ])
    func readsWhatTheServiceSays(row: Row) {
        let error = ServiceError(
            HTTPCollectedResponse(status: row.status, headers: row.headers, body: Array(row.body.utf8)))
        #expect(error.code == row.code)
        #expect(error.message == row.message)
        #expect(error.requestId == row.requestId)
    }

    @Test(arguments: [
        ("<Error><Code>x</Code></Error>", true), (" \r\n <?xml version=\"1.0\"?>\n<Error>", true),
        ("<?xml version='1.0'?><Error xmlns=''>", true), ("<CopyObjectResult/>", false), ("<Errors>", false),
        ("", false), ("<?xml", false),
    ])
    func seesAnErrorInsideASuccess(body: String, isError: Bool) {
        #expect(ServiceError.isError(body: Array(body.utf8)) == isError)
    }

    @Test func staysOnOneLine() {
        let service = ServiceError(
            status: 400, code: "Bad\nCode", message: "a\r\n\u{1B}[31m" + String(repeating: "x", count: 9_999))
        let text = AWSError(.service(service), operation: "PutObject", subject: "s3://b/a\nb", attempts: 1).description
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(text.count < 3_000)
        #expect(text.hasPrefix("PutObject s3://b/a\\nb: Bad\\nCode: a"))
    }
}
