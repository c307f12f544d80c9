import AWSCore
import HTTPTransport
import SQS
import Testing

/// Messages through a real queue, one test after the other, since they share it.
@Suite(.serialized) struct QueueTests {
    @Test func sendsReceivesAndDeletes() async throws {
        let sqs = try Stack.sqs()
        let url = try Stack.variable("S3HAUL_TEST_SQS_QUEUE_URL")
        let sent = await sqs.sendMessageBatch([OutgoingMessage("{\"é\":\"\\n<&>\"}")], to: url)
        #expect(sent.successful == [0])
        var request = ReceiveMessageRequest(queueURL: url)
        request.waitSeconds = 1
        let received = try await sqs.receiveMessage(request)
        let message = try #require(received.first)
        #expect(message.body == "{\"é\":\"\\n<&>\"}")
        #expect(message.receiveCount == 1)
        let given = await sqs.changeMessageVisibilityBatch(
            receiptHandles: [message.receiptHandle], seconds: 0, of: url)
        #expect(given.successful == [0])
        let again = try #require(try await sqs.receiveMessage(request).first)
        #expect(again.receiveCount == 2)
        let deleted = await sqs.deleteMessageBatch(receiptHandles: [again.receiptHandle], from: url)
        #expect(deleted.successful == [0])
        request.waitSeconds = 0
        #expect(try await sqs.receiveMessage(request) == [])
    }

    @Test func worksInBatches() async throws {
        let sqs = try Stack.sqs()
        let url = try Stack.variable("S3HAUL_TEST_SQS_QUEUE_URL")
        let sent = await sqs.sendMessageBatch((0..<25).map { OutgoingMessage("\($0)") }, to: url)
        #expect(sent.successful == Array(0..<25))
        var request = ReceiveMessageRequest(queueURL: url)
        request.waitSeconds = 1
        var messages: [ReceivedMessage] = []
        while messages.count < 25 {
            let received = try await sqs.receiveMessage(request)
            try #require(!received.isEmpty)
            messages += received
        }
        #expect(Set(messages.map(\.body)) == Set((0..<25).map { "\($0)" }))
        let handles = messages.map(\.receiptHandle)
        let hidden = await sqs.changeMessageVisibilityBatch(receiptHandles: handles, seconds: 60, of: url)
        #expect(hidden.successful == Array(0..<25))
        let deleted = await sqs.deleteMessageBatch(receiptHandles: handles, from: url)
        #expect(deleted.successful == Array(0..<25))
        let attributes = try await sqs.getQueueAttributes(["All"], of: url)
        #expect(attributes["ApproximateNumberOfMessages"] == "0")
    }

    @Test func findsQueues() async throws {
        let sqs = try Stack.sqs()
        let url = try Stack.variable("S3HAUL_TEST_SQS_QUEUE_URL")
        let name = try #require(url.split(separator: "/").last)
        #expect(try await sqs.getQueueUrl(name: String(name)) == url)
        let error = await #expect(throws: AWSError.self) { try await sqs.getQueueUrl(name: "no-such-queue") }
        #expect(error?.code == "AWS.SimpleQueueService.NonExistentQueue")
        let lost = await sqs.sendMessageBatch([OutgoingMessage("x")], to: url + "-not")
        #expect(lost.failed.map(\.error.code) == ["AWS.SimpleQueueService.NonExistentQueue"])
    }
}
