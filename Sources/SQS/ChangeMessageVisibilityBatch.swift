extension SQSClient {
    /// ChangeMessageVisibilityBatch: hides received messages for so many seconds from now, 10 a request.
    ///
    /// - Returns: What became of each; a request that failed is the failure of each message in it.
    public func changeMessageVisibilityBatch(
        receiptHandles: [String], seconds: Int, of queueURL: String
    ) async -> SQSBatchOutput {
        await batch(receiptHandles.map { VisibilityEntry(receiptHandle: $0, seconds: seconds) }) { entries in
            ChangeMessageVisibilityBatch(queueURL: queueURL, entries: entries)
        }
    }
}

struct VisibilityEntry: Encodable, Sendable {
    var receiptHandle: String
    var seconds: Int

    enum CodingKeys: String, CodingKey {
        case receiptHandle = "ReceiptHandle"
        case seconds = "VisibilityTimeout"
    }
}

struct ChangeMessageVisibilityBatch: SQSBatchOperation {
    static let name = "ChangeMessageVisibilityBatch"
    var queueURL: String
    var entries: [BatchEntry<VisibilityEntry>]
}
