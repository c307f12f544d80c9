public import HTTPTransport

/// Signs, sends and retries requests to AWS services: the one way that a request leaves s3haul for one.
public final class AWSClient: Sendable {
    /// The settings it was made with.
    public let configuration: AWSConfiguration

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - configuration: Region, endpoints, attempts.
    ///   - credentials: What signs requests; `nil` sends them unsigned.
    ///   - transport: What sends them.
    public init(configuration: AWSConfiguration, credentials: (any CredentialProvider)?, transport: HTTPClient) {
        self.configuration = configuration
    }

    /// Sends a request until it succeeds, fails for good, or the attempts, the retry budget or the task end.
    ///
    /// - Parameters:
    ///   - request: What to send; it is signed anew for each attempt.
    ///   - limit: How many bytes of response body there may be.
    /// - Returns: A response of status 2xx, without an error in its body.
    /// - Throws: `AWSError` for every other response, and for none.
    public func send(
        _ request: AWSRequest, collectingUpTo limit: Int = 4 << 20
    ) async throws(AWSError) -> HTTPCollectedResponse {
        throw AWSError(.cancelled, operation: request.operation, subject: request.subject, attempts: 0)
    }

    /// Sends a request as `send` does, and gives back the response with its body still to be read.
    ///
    /// What breaks while the body is read is the reader's to handle; it is not retried here.
    public func stream(_ request: AWSRequest) async throws(AWSError) -> HTTPResponse {
        throw AWSError(.cancelled, operation: request.operation, subject: request.subject, attempts: 0)
    }
}
