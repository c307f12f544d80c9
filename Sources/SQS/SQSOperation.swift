internal import AWSCore
internal import HTTPTransport

/// One operation of SQS's JSON protocol, about the queue whose URL or name is its subject.
protocol SQSOperation: JSONOperation {}

extension SQSOperation {
    package var namesItsRegion: Bool { QueueURL.region(subject) != nil }

    /// The request; a queue URL of AWS settles the region.
    package func request(_ configuration: AWSConfiguration) throws(ConfigurationError) -> AWSRequest {
        guard let region = QueueURL.region(subject) ?? configuration.region else {
            throw ConfigurationError("no region: set AWS_REGION, or name the queue by its URL")
        }
        return AWSRequest(
            operation: Self.name, service: .sqs, region: region,
            endpoint: try configuration.endpoint(of: .sqs, region: region), method: "POST", path: "/",
            headers: ["Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.\(Self.name)"],
            body: .bytes(try encoded()), subject: subject)
    }
}

/// URLs of queues.
enum QueueURL {
    /// The region of `https://sqs.REGION.amazonaws.com/…` and of its kin in other partitions; `nil` for other URLs.
    static func region(_ url: String) -> String? {
        let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count > 1, parts[0] == "https:" || parts[0] == "http:" else { return nil }
        let labels = parts[1].split(separator: ".")
        guard labels.count >= 4, labels[0] == "sqs", labels[2] == "amazonaws" else { return nil }
        return String(labels[1])
    }
}
