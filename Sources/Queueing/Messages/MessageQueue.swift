public import AWSCore
public import SQS

/// The few operations of SQS on one queue that a worker needs, so that it can be tested without a server.
public protocol MessageQueue: Sendable {
    /// Takes up to 10 messages, and hides them for so many seconds; waits so many for the first.
    func receive(waitSeconds: Int, visibilitySeconds: Int) async throws(AWSError) -> [ReceivedMessage]
    /// Hides received messages for so many seconds from now; 0 gives them back.
    func changeVisibility(_ receiptHandles: [String], seconds: Int) async -> SQSBatchOutput
    /// Deletes received messages.
    func delete(_ receiptHandles: [String]) async -> SQSBatchOutput
    /// Attributes by SQS's names.
    func attributes(_ names: [String]) async throws(AWSError) -> [String: String]
}

/// A queue of SQS, by its URL.
public struct SQSQueue: MessageQueue {
    private let client: SQSClient
    private let url: String

    /// Makes a queue of its URL.
    public init(_ client: SQSClient, url: String) {
        self.client = client
        self.url = url
    }

    /// ReceiveMessage.
    public func receive(waitSeconds: Int, visibilitySeconds: Int) async throws(AWSError) -> [ReceivedMessage] {
        var request = ReceiveMessageRequest(queueURL: url)
        request.waitSeconds = waitSeconds
        request.visibilitySeconds = visibilitySeconds
        return try await client.receiveMessage(request)
    }

    /// ChangeMessageVisibilityBatch.
    public func changeVisibility(_ receiptHandles: [String], seconds: Int) async -> SQSBatchOutput {
        await client.changeMessageVisibilityBatch(receiptHandles: receiptHandles, seconds: seconds, of: url)
    }

    /// DeleteMessageBatch.
    public func delete(_ receiptHandles: [String]) async -> SQSBatchOutput {
        await client.deleteMessageBatch(receiptHandles: receiptHandles, from: url)
    }

    /// GetQueueAttributes.
    public func attributes(_ names: [String]) async throws(AWSError) -> [String: String] {
        try await client.getQueueAttributes(names, of: url)
    }
}
