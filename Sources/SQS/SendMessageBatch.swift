extension SQSClient {
    /// SendMessageBatch: puts messages into a queue, in as many requests of 10 messages and 1 MiB as it takes.
    ///
    /// - Returns: What became of each; a request that failed is the failure of each message in it.
    public func sendMessageBatch(_ messages: [OutgoingMessage], to queueURL: String) async -> SQSBatchOutput {
        await batch(messages, size: \.body.utf8.count) { entries in SendMessageBatch(queueURL: queueURL, entries) }
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
