public import AWSCore

extension SQSClient {
    /// GetQueueUrl: the URL of the queue of a name, in the configured region.
    public func getQueueUrl(name: String) async throws(AWSError) -> String {
        try await client.perform(GetQueueUrl(queueName: name)).queueURL
    }

    /// GetQueueAttributes: attributes of a queue by SQS's names: `ApproximateNumberOfMessages`, `VisibilityTimeout`, …
    public func getQueueAttributes(
        _ names: [String], of queueURL: String
    ) async throws(AWSError) -> [String: String] {
        try await client.perform(GetQueueAttributes(queueURL: queueURL, names: names)).attributes ?? [:]
    }
}

struct GetQueueUrl: SQSOperation {
    struct Output: Decodable, Sendable {
        var queueURL: String

        enum CodingKeys: String, CodingKey {
            case queueURL = "QueueUrl"
        }
    }

    static let name = "GetQueueUrl"
    var queueName: String
    var subject: String { queueName }

    enum CodingKeys: String, CodingKey {
        case queueName = "QueueName"
    }
}

struct GetQueueAttributes: SQSOperation {
    struct Output: Decodable, Sendable {
        var attributes: [String: String]?

        enum CodingKeys: String, CodingKey {
            case attributes = "Attributes"
        }
    }

    static let name = "GetQueueAttributes"
    var queueURL: String
    var names: [String]
    var subject: String { queueURL }

    enum CodingKeys: String, CodingKey {
        case queueURL = "QueueUrl"
        case names = "AttributeNames"
    }
}
