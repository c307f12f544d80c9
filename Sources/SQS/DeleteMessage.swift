public import AWSCore

extension SQSClient {
    /// DeleteMessage: takes a received message out of its queue for good.
    public func deleteMessage(receiptHandle: String, from queueURL: String) async throws(AWSError) {
        _ = try await client.perform(
            DeleteMessage(queueURL: queueURL, entry: ReceiptHandleEntry(receiptHandle: receiptHandle)))
    }

    /// DeleteMessageBatch: takes received messages out of their queue, 10 a request.
    ///
    /// - Returns: What became of each; a request that failed is the failure of each message in it.
    public func deleteMessageBatch(receiptHandles: [String], from queueURL: String) async -> SQSBatchOutput {
        await batch(receiptHandles.map(ReceiptHandleEntry.init)) { entries in
            DeleteMessageBatch(queueURL: queueURL, entries: entries)
        }
    }
}

struct ReceiptHandleEntry: Encodable, Sendable {
    var receiptHandle: String

    enum CodingKeys: String, CodingKey {
        case receiptHandle = "ReceiptHandle"
    }
}

struct DeleteMessage: SQSOperation {
    typealias Output = NoOutput
    static let name = "DeleteMessage"
    var queueURL: String
    var entry: ReceiptHandleEntry
    var subject: String { queueURL }

    func encode(to encoder: any Encoder) throws {
        try entry.encode(to: encoder)
        var container = encoder.container(keyedBy: QueueCodingKeys.self)
        try container.encode(queueURL, forKey: .queueURL)
    }
}

struct DeleteMessageBatch: SQSBatchOperation {
    static let name = "DeleteMessageBatch"
    var queueURL: String
    var entries: [BatchEntry<ReceiptHandleEntry>]
}
