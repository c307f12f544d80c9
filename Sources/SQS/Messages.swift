public import AWSCore

/// What SQS takes at most (Amazon SQS Developer Guide: Amazon SQS message quotas).
public enum SQSLimits {
    /// Entries of one batch request.
    public static let batchEntries = 10
    /// Bytes of a message, and of all messages of one batch request.
    public static let batchBytes = 1 << 20
    /// Messages of one ReceiveMessage.
    public static let receivedMessages = 10
    /// Seconds that one ReceiveMessage may wait.
    public static let waitSeconds = 20
    /// Seconds that a received message may be invisible: 12 hours.
    public static let visibilitySeconds = 43_200
}

/// A message to send.
public struct OutgoingMessage: Sendable, Equatable {
    /// The text; at most 1 MiB, without control characters but tab, line feed and carriage return.
    public var body: String

    /// Makes a message.
    public init(_ body: String) { self.body = body }
}

extension OutgoingMessage: Encodable {
    enum CodingKeys: String, CodingKey {
        case body = "MessageBody"
    }
}

/// A message that was received.
public struct ReceivedMessage: Sendable, Equatable {
    /// The message's id.
    public var messageId: String
    /// What deletes it, or changes how long it is invisible; another at each receipt.
    public var receiptHandle: String
    /// The text.
    public var body: String
    /// How often it has been received, this time included; `nil` where the store does not say.
    public var receiveCount: Int?
    /// When it was sent, in milliseconds since 1970; `nil` where the store does not say.
    public var sentTimestamp: Int64?

    /// Makes a message as it would be received.
    public init(messageId: String, receiptHandle: String, body: String, receiveCount: Int? = nil) {
        self.messageId = messageId
        self.receiptHandle = receiptHandle
        self.body = body
        self.receiveCount = receiveCount
    }
}

/// What became of each entry of a batch.
public struct SQSBatchOutput: Sendable {
    /// One entry that failed.
    public struct Failure: Sendable {
        /// Its place among those that were given.
        public var index: Int
        /// Why: SQS's own error of the entry, or that of the request it was in.
        public var error: AWSError
    }

    /// The places of the entries that succeeded, in order.
    public var successful: [Int] = []
    /// Those that failed, in order.
    public var failed: [Failure] = []

    /// Makes the outcome of no entries.
    public init() {}
}
