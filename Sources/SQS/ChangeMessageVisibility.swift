public import AWSCore

extension SQSClient {
    /// ChangeMessageVisibility: hides a received message for so many seconds from now, up to 12 hours; 0 gives it back.
    public func changeMessageVisibility(
        receiptHandle: String, seconds: Int, of queueURL: String
    ) async throws(AWSError) {
        let entry = VisibilityEntry(receiptHandle: receiptHandle, seconds: seconds)
        _ = try await client.perform(ChangeMessageVisibility(queueURL: queueURL, entry: entry))
    }

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

struct ChangeMessageVisibility: SQSOperation {
    typealias Output = NoOutput
    static let name = "ChangeMessageVisibility"
    var queueURL: String
    var entry: VisibilityEntry
    var subject: String { queueURL }

    func encode(to encoder: any Encoder) throws {
        try entry.encode(to: encoder)
        var container = encoder.container(keyedBy: QueueCodingKeys.self)
        try container.encode(queueURL, forKey: .queueURL)
    }
}

struct ChangeMessageVisibilityBatch: SQSBatchOperation {
    static let name = "ChangeMessageVisibilityBatch"
    var queueURL: String
    var entries: [BatchEntry<VisibilityEntry>]
}
