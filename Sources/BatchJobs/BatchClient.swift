public import AWSCore
internal import HTTPTransport

/// AWS Batch: one operation a function.
public struct BatchClient: Sendable {
    let client: AWSClient

    /// Makes a client, for the configured region.
    public init(_ client: AWSClient) { self.client = client }
}

/// One operation of AWS Batch's REST-JSON protocol; its name in lower case is the path.
protocol BatchOperation: JSONOperation {
    /// Whether a second attempt may follow one that the server may have acted on.
    var isRepeatable: Bool { get }
}

extension BatchOperation {
    var isRepeatable: Bool { true }

    /// The request, for the configured region.
    package func request(_ configuration: AWSConfiguration) throws(ConfigurationError) -> AWSRequest {
        guard let region = configuration.region else { throw ConfigurationError("no region: set AWS_REGION") }
        return AWSRequest(
            operation: Self.name, service: .batch, region: region,
            endpoint: try configuration.endpoint(of: .batch, region: region), method: "POST",
            path: "/v1/\(Self.name.lowercased())", headers: ["Content-Type": "application/json"],
            body: .bytes(try encoded()), subject: subject, isRepeatable: isRepeatable)
    }
}
