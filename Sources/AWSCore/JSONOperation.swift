internal import FoundationEssentials
internal import HTTPTransport

/// An operation of a service that speaks JSON: its value is the request's body, its output the reply's.
package protocol JSONOperation: Encodable, Sendable {
    associatedtype Output: Decodable & Sendable

    /// The operation as AWS names it.
    static var name: String { get }

    /// What it is about, for errors.
    var subject: String { get }

    /// Whether what it is about tells the region to send it to, so that none need be configured.
    var namesItsRegion: Bool { get }

    /// The request.
    ///
    /// - Throws: `ConfigurationError` for a region that is missing or values that cannot be said in JSON.
    func request(_ configuration: AWSConfiguration) throws(ConfigurationError) -> AWSRequest
}

extension JSONOperation {
    package var namesItsRegion: Bool { false }

    /// The request's body: the same value is always the same bytes.
    package func encoded() throws(ConfigurationError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self))
        } catch {
            throw ConfigurationError("a value of \(Self.name) cannot be said in JSON: \(error)")
        }
    }
}

extension AWSClient {
    /// Sends an operation and reads the reply, of at most 16 MiB.
    package func perform<Operation: JSONOperation>(
        _ operation: Operation
    ) async throws(AWSError) -> Operation.Output {
        let request: AWSRequest
        do {
            request = try operation.request(
                operation.namesItsRegion ? configuration : await regionalConfiguration())
        } catch {
            throw AWSError(.configuration(error), operation: Operation.name, subject: operation.subject, attempts: 0)
        }
        let reply = try await send(request, collectingUpTo: 16 << 20)
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

/// What a reply says that says nothing.
package struct NoOutput: Decodable, Sendable {
    /// Reads nothing.
    package init(from decoder: any Decoder) {}
}
