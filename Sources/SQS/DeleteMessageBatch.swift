extension SQSClient {
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

struct DeleteMessageBatch: SQSBatchOperation {
    static let name = "DeleteMessageBatch"
    var queueURL: String
    var entries: [BatchEntry<ReceiptHandleEntry>]
}
