public import AWSCore

extension SQSClient {
    /// SendMessage: puts a message into a queue; repeated after a lost reply, it may be there twice.
    ///
    /// - Returns: The message's id.
    public func sendMessage(_ message: OutgoingMessage, to queueURL: String) async throws(AWSError) -> String {
        try await client.perform(SendMessage(queueURL: queueURL, message: message)).messageId
    }

    /// SendMessageBatch: puts messages into a queue, in as many requests of 10 messages and 1 MiB as it takes.
    ///
    /// - Returns: What became of each; a request that failed is the failure of each message in it.
    public func sendMessageBatch(_ messages: [OutgoingMessage], to queueURL: String) async -> SQSBatchOutput {
        await batch(messages, size: \.body.utf8.count) { entries in SendMessageBatch(queueURL: queueURL, entries) }
    }
}

struct SendMessage: SQSOperation {
    struct Output: Decodable, Sendable {
        var messageId: String

        enum CodingKeys: String, CodingKey {
            case messageId = "MessageId"
        }
    }

    static let name = "SendMessage"
    var queueURL: String
    var message: OutgoingMessage
    var subject: String { queueURL }

    func encode(to encoder: any Encoder) throws {
        try message.encode(to: encoder)
        var container = encoder.container(keyedBy: QueueCodingKeys.self)
        try container.encode(queueURL, forKey: .queueURL)
    }
}

struct SendMessageBatch: SQSBatchOperation {
    static let name = "SendMessageBatch"
    var queueURL: String
    var entries: [BatchEntry<OutgoingMessage>]

    init(queueURL: String, _ entries: [BatchEntry<OutgoingMessage>]) {
        self.queueURL = queueURL
        self.entries = entries
    }
}
