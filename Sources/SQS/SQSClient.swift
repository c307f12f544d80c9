public import AWSCore

/// Amazon SQS by its JSON protocol: one operation a function.
///
/// Queues are named by their URL. On AWS a request goes to the region that the URL names.
public struct SQSClient: Sendable {
    let client: AWSClient

    /// Makes a client.
    public init(_ client: AWSClient) { self.client = client }
}
