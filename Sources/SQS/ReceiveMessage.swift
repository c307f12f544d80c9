public import AWSCore

/// What ReceiveMessage is asked.
public struct ReceiveMessageRequest: Sendable {
    /// The queue's URL.
    public var queueURL: String
    /// How many messages are wanted, from 1 to 10.
    public var maxMessages = SQSLimits.receivedMessages
    /// How many seconds SQS waits for one, from 0 to 20.
    public var waitSeconds = SQSLimits.waitSeconds
    /// How many seconds they stay invisible to others; `nil` for the queue's own.
    public var visibilitySeconds: Int?

    /// Asks for messages of a queue.
    public init(queueURL: String) { self.queueURL = queueURL }
}

extension SQSClient {
    /// ReceiveMessage: takes messages, and hides them from others until they are deleted or the time is over.
    ///
    /// - Returns: None, where none came within the time.
    public func receiveMessage(_ request: ReceiveMessageRequest) async throws(AWSError) -> [ReceivedMessage] {
        try await client.perform(request).messages ?? []
    }
}

extension ReceiveMessageRequest: SQSOperation {
    package struct Output: Decodable, Sendable {
        var messages: [ReceivedMessage]?

        enum CodingKeys: String, CodingKey {
            case messages = "Messages"
        }
    }

    package static let name = "ReceiveMessage"
    package var subject: String { queueURL }

    enum CodingKeys: String, CodingKey {
        case queueURL = "QueueUrl"
        case maxMessages = "MaxNumberOfMessages"
        case waitSeconds = "WaitTimeSeconds"
        case visibilitySeconds = "VisibilityTimeout"
        case attributes = "MessageSystemAttributeNames"
    }

    /// Writes the request's body.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(queueURL, forKey: .queueURL)
        try container.encode(maxMessages, forKey: .maxMessages)
        try container.encode(waitSeconds, forKey: .waitSeconds)
        try container.encodeIfPresent(visibilitySeconds, forKey: .visibilitySeconds)
        try container.encode(["ApproximateReceiveCount", "SentTimestamp"], forKey: .attributes)
    }
}

extension ReceivedMessage: Decodable {
    enum CodingKeys: String, CodingKey {
        case messageId = "MessageId"
        case receiptHandle = "ReceiptHandle"
        case body = "Body"
        case attributes = "Attributes"
    }

    /// Reads a message of a reply.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        messageId = try container.decode(String.self, forKey: .messageId)
        receiptHandle = try container.decode(String.self, forKey: .receiptHandle)
        body = try container.decode(String.self, forKey: .body)
        let attributes = try container.decodeIfPresent([String: String].self, forKey: .attributes) ?? [:]
        receiveCount = attributes["ApproximateReceiveCount"].flatMap { Int($0) }
        sentTimestamp = attributes["SentTimestamp"].flatMap { Int64($0) }
    }
}
