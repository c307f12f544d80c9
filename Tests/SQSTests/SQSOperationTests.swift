import AWSCore
import FoundationEssentials
import HTTPTransport
import Testing

@testable import SQS

/// What is sent to SQS, and what its replies are read as.
@Suite struct SQSOperationTests {
    static let url = "https://sqs.eu-central-1.amazonaws.com/123456789012/queue"

    static func configuration(_ environment: [String: String] = ["AWS_REGION": "us-east-1"]) throws -> AWSConfiguration
    {
        try .resolve(environment: environment)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: @Sendable (AWSConfiguration) throws -> AWSRequest
        var json: String

        init<Operation: SQSOperation>(_ operation: Operation, _ json: String) {
            testDescription = Operation.name
            request = { try operation.request($0) }
            self.json = json
        }
    }

    @Test(arguments: [
        Row(
            SendMessageBatch(
                queueURL: url,
                [
                    BatchEntry(index: 3, value: OutgoingMessage("x")),
                    BatchEntry(index: 4, value: OutgoingMessage("a\"\né/")),
                ]),
            #"{"Entries":[{"Id":"3","MessageBody":"x"},{"Id":"4","MessageBody":"a\"\né/"}],"QueueUrl":"\#(url)"}"#),
        Row(
            ReceiveMessageRequest(queueURL: url),
            #"{"MaxNumberOfMessages":10,"MessageSystemAttributeNames":["ApproximateReceiveCount","SentTimestamp"],"#
                + #""QueueUrl":"\#(url)","WaitTimeSeconds":20}"#),
        Row(
            DeleteMessageBatch(
                queueURL: url, entries: [BatchEntry(index: 0, value: ReceiptHandleEntry(receiptHandle: "r"))]),
            #"{"Entries":[{"Id":"0","ReceiptHandle":"r"}],"QueueUrl":"\#(url)"}"#),
        Row(
            ChangeMessageVisibilityBatch(
                queueURL: url, entries: [BatchEntry(index: 0, value: VisibilityEntry(receiptHandle: "r", seconds: 9))]),
            #"{"Entries":[{"Id":"0","ReceiptHandle":"r","VisibilityTimeout":9}],"QueueUrl":"\#(url)"}"#),
        Row(
            GetQueueAttributes(queueURL: url, names: ["All"]), #"{"AttributeNames":["All"],"QueueUrl":"\#(url)"}"#),
        Row(GetQueueUrl(queueName: "q"), #"{"QueueName":"q"}"#),
    ])
    func sends(_ row: Row) throws {
        let request = try row.request(Self.configuration())
        guard case .bytes(let body) = request.body else {
            Issue.record("no body")
            return
        }
        #expect(String(decoding: body, as: UTF8.self) == row.json)
        #expect(request.headers["X-Amz-Target"] == "AmazonSQS.\(row.testDescription)")
        #expect(request.headers["Content-Type"] == "application/x-amz-json-1.0")
        #expect(request.method == "POST")
        #expect(request.path == "/")
        #expect(request.region == (row.testDescription == "GetQueueUrl" ? "us-east-1" : "eu-central-1"))
    }

    @Test(arguments: [
        ("https://sqs.eu-central-1.amazonaws.com/1/q", "eu-central-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/1/q", "cn-north-1"),
        ("http://127.0.0.1:4566/000000000000/q", nil), ("https://queue.example.com/q", nil), ("q", nil), ("", nil),
    ])
    func findsTheRegionOf(url: String, region: String?) {
        #expect(QueueURL.region(url) == region)
    }

    @Test func saysThatThereIsNoRegion() throws {
        let configuration = try Self.configuration([:])
        #expect(throws: ConfigurationError.self) { try GetQueueUrl(queueName: "q").request(configuration) }
    }

    @Test(arguments: [
        ("none", [], []),
        ("ten", Array(repeating: 1, count: 10), [0..<10]),
        ("eleven", Array(repeating: 1, count: 11), [0..<10, 10..<11]),
        ("exactly 1 MiB", [1 << 19, 1 << 19], [0..<2]),
        ("a byte more", [1 << 19, 1 << 19, 1], [0..<2, 2..<3]),
        ("one that is too large goes alone", [1, 1 << 21, 1], [0..<1, 1..<2, 2..<3]),
        ("no size that can be", [Int.max, Int.max], [0..<1, 1..<2]),
    ])
    func dealsOut(label: String, sizes: [Int], ranges: [Range<Int>]) {
        #expect(batchRanges(sizes) == ranges)
    }

    @Test func tellsWhatBecameOfEachEntry() throws {
        let json = """
            {"Successful":[{"Id":"10","MessageId":"m","MD5OfMessageBody":"x"}],
            "Failed":[{"Id":"11","Code":"InternalError","SenderFault":false},
            {"Id":"12","Code":"InvalidParameterValue","Message":"bad","SenderFault":true}]}
            """
        var output = SQSBatchOutput()
        output.add(
            try JSONDecoder().decode(BatchReply.self, from: Data(json.utf8)), 10..<14, "SendMessageBatch", "queue")
        #expect(output.successful == [10])
        #expect(output.failed.map(\.index) == [11, 12, 13])
        #expect(output.failed.map(\.error.isTransient) == [true, false, true])
        #expect(output.failed[1].error.code == "InvalidParameterValue")
        #expect(output.failed[2].error.description.contains("does not name entry 13"))
    }

    @Test func readsMessages() throws {
        let json = """
            {"Messages":[{"MessageId":"m","ReceiptHandle":"r","Body":"é","MD5OfBody":"x",
            "Attributes":{"ApproximateReceiveCount":"3","SentTimestamp":"1700000000000"}},
            {"MessageId":"n","ReceiptHandle":"s","Body":""}]}
            """
        let messages = try JSONDecoder().decode(ReceiveMessageRequest.Output.self, from: Data(json.utf8)).messages
        #expect(messages?.map(\.body) == ["é", ""])
        #expect(messages?.map(\.receiveCount) == [3, nil])
        #expect(messages?[0].sentTimestamp == 1_700_000_000_000)
    }
}
