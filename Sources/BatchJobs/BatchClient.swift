public import AWSCore
internal import FoundationEssentials
internal import HTTPTransport

/// AWS Batch: one operation a function.
public struct BatchClient: Sendable {
    let client: AWSClient

    /// Makes a client, for the configured region.
    public init(_ client: AWSClient) { self.client = client }

    /// Sends an operation and reads the reply.
    func perform<Operation: BatchOperation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        let request: AWSRequest
        do {
            request = try operation.request(await client.regionalConfiguration())
        } catch {
            throw AWSError(.configuration(error), operation: Operation.name, subject: operation.subject, attempts: 0)
        }
        let reply = try await client.send(request, collectingUpTo: 16 << 20)
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

/// One operation of AWS Batch's REST-JSON protocol: its value is the request's body, its output the reply's.
protocol BatchOperation: Encodable, Sendable {
    associatedtype Output: Decodable & Sendable

    /// The operation as AWS names it; in lower case it is the path.
    static var name: String { get }

    /// What it is about: a job, its name, or a queue.
    var subject: String { get }

    /// Whether a second attempt may follow one that the server may have acted on.
    var isRepeatable: Bool { get }
}

extension BatchOperation {
    var isRepeatable: Bool { true }

    /// The request's body.
    func encoded() throws(ConfigurationError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self))
        } catch {
            throw ConfigurationError("a value of \(Self.name) cannot be said in JSON: \(error)")
        }
    }

    /// The request, for the configured region.
    func request(_ configuration: AWSConfiguration) throws(ConfigurationError) -> AWSRequest {
        guard let region = configuration.region else { throw ConfigurationError("no region: set AWS_REGION") }
        return AWSRequest(
            operation: Self.name, service: .batch, region: region,
            endpoint: try configuration.endpoint(of: .batch, region: region), method: "POST",
            path: "/v1/\(Self.name.lowercased())", headers: ["Content-Type": "application/json"],
            body: .bytes(try encoded()), subject: subject, isRepeatable: isRepeatable)
    }
}

/// What a reply says that says nothing.
struct Nothing: Decodable, Sendable {
    init(from decoder: any Decoder) {}
}
