public import AWSCore
internal import FoundationEssentials
internal import HTTPTransport

/// Amazon SQS by its JSON protocol: one operation a function.
///
/// Queues are named by their URL. On AWS a request goes to the region that the URL names.
public struct SQSClient: Sendable {
    let client: AWSClient

    /// Makes a client.
    public init(_ client: AWSClient) { self.client = client }

    /// Sends an operation and reads the reply.
    func perform<Operation: SQSOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        let request: AWSRequest
        do {
            let hasRegion = QueueURL.region(operation.subject) != nil
            request = try operation.request(hasRegion ? client.configuration : await client.regionalConfiguration())
        } catch {
            throw AWSError(.configuration(error), operation: Operation.name, subject: operation.subject, attempts: 0)
        }
        let reply = try await client.send(request)
        do {
            // Operations that say nothing may say it without a body.
            let body = reply.body.isEmpty ? Array("{}".utf8) : reply.body
            return try JSONDecoder().decode(Operation.Output.self, from: Data(body))
        } catch {
            throw AWSError(
                .malformedResponse("the reply is not what \(Operation.name) answers: \(error)"),
                operation: Operation.name, subject: operation.subject, attempts: 1)
        }
    }
}
