internal import AWSCore

/// An operation over several entries, of which some may fail.
protocol SQSBatchOperation: SQSOperation where Output == BatchReply {
    associatedtype Entry: Encodable & Sendable
    var queueURL: String { get }
    var entries: [BatchEntry<Entry>] { get }
}

extension SQSBatchOperation {
    var subject: String { queueURL }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: QueueCodingKeys.self)
        try container.encode(queueURL, forKey: .queueURL)
        try container.encode(entries, forKey: .entries)
    }
}

enum QueueCodingKeys: String, CodingKey {
    case queueURL = "QueueUrl"
    case entries = "Entries"
}

/// An entry, with its place among all as its id.
struct BatchEntry<Value: Encodable & Sendable>: Encodable, Sendable {
    var index: Int
    var value: Value

    enum CodingKeys: String, CodingKey {
        case id = "Id"
    }

    func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("\(index)", forKey: .id)
    }
}

/// What a batch request answers.
struct BatchReply: Decodable, Sendable {
    struct Successful: Decodable, Sendable {
        var id: String

        enum CodingKeys: String, CodingKey {
            case id = "Id"
        }
    }

    struct Failed: Decodable, Sendable {
        var id: String
        var code: String
        var message: String?
        var senderFault: Bool

        enum CodingKeys: String, CodingKey {
            case id = "Id"
            case code = "Code"
            case message = "Message"
            case senderFault = "SenderFault"
        }
    }

    var successful: [Successful]?
    var failed: [Failed]?

    enum CodingKeys: String, CodingKey {
        case successful = "Successful"
        case failed = "Failed"
    }
}

extension SQSClient {
    /// Sends entries in as many requests as it takes, one after the other.
    func batch<Value, Operation: SQSBatchOperation>(
        _ values: [Value], size: (Value) -> Int = { _ in 0 }, _ operation: ([BatchEntry<Value>]) -> Operation
    ) async -> SQSBatchOutput {
        var output = SQSBatchOutput()
        for range in batchRanges(values.map(size)) {
            let request = operation(range.map { BatchEntry(index: $0, value: values[$0]) })
            do {
                output.add(try await client.perform(request), range, Operation.name, request.subject)
            } catch {
                output.failed += range.map { .init(index: $0, error: error) }
            }
        }
        return output
    }
}

/// How entries of these sizes in bytes are dealt out to requests.
func batchRanges(_ sizes: [Int]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    var bytes = 0
    for (index, size) in sizes.enumerated() {
        let isFull = index - start == SQSLimits.batchEntries || size > SQSLimits.batchBytes - bytes
        if isFull, index > start {
            ranges.append(start..<index)
            start = index
            bytes = 0
        }
        bytes += min(size, SQSLimits.batchBytes)
    }
    if start < sizes.count { ranges.append(start..<sizes.count) }
    return ranges
}

extension SQSBatchOutput {
    /// Takes in what a request for these entries answered; one that is named nowhere counts as failed.
    mutating func add(_ reply: BatchReply, _ range: Range<Int>, _ operation: String, _ subject: String) {
        let successful = Set((reply.successful ?? []).map(\.id))
        let failures = Dictionary((reply.failed ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for index in range {
            if let failure = failures["\(index)"] {
                let service = ServiceError(
                    status: failure.senderFault ? 400 : 500, code: failure.code, message: failure.message ?? "")
                fail(index, .service(service), operation, subject)
            } else if successful.contains("\(index)") {
                self.successful.append(index)
            } else {
                fail(index, .malformedResponse("the reply does not name entry \(index)"), operation, subject)
            }
        }
    }

    private mutating func fail(_ index: Int, _ reason: AWSError.Reason, _ operation: String, _ subject: String) {
        let error = AWSError(reason, operation: operation, subject: subject, attempts: 1)
        failed.append(Failure(index: index, error: error))
    }
}
