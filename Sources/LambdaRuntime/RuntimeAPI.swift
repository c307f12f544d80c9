import HTTPTransport

/// The calls of Lambda's Runtime API, version 2018-06-01.
struct RuntimeAPI: Sendable {
    /// The largest event and answer of a synchronous invocation, in bytes (Lambda Developer Guide, Quotas).
    static let payloadLimit = 6 << 20

    private let base: String
    private let transport: HTTPClient

    /// `host` is what `AWS_LAMBDA_RUNTIME_API` says: an address and a port.
    init(host: String, transport: HTTPClient) {
        base = "http://\(host)/2018-06-01/runtime"
        self.transport = transport
    }

    /// Waits for the next invocation, as long as it takes.
    func next() async throws(LambdaRuntimeError) -> HTTPResponse {
        let request = HTTPRequest(
            url: "\(base)/invocation/next", deadlines: HTTPDeadlines(idle: nil, total: nil), bypassesProxy: true)
        let response: HTTPResponse
        do {
            response = try await transport.stream(request)
        } catch {
            throw .transport(call: "next", error)
        }
        guard response.status == 200 else {
            let body = try? await response.body.collect(upTo: 64 << 10)
            throw .refused(call: "next", status: response.status, message: Self.line(body ?? []))
        }
        return response
    }

    /// Posts the answer to an invocation.
    func respond(to requestId: String, with body: [UInt8]) async throws(LambdaRuntimeError) -> Reply {
        try await post("response", "/invocation/\(requestId)/response", ["Content-Type": "application/json"], body)
    }

    /// Posts that an invocation failed.
    func fail(_ requestId: String, _ error: InvocationError) async throws(LambdaRuntimeError) -> Reply {
        try await post("error", "/invocation/\(requestId)/error", Self.headers(of: error), error.body)
    }

    /// Posts that the function cannot start.
    func failInit(_ error: InvocationError) async throws(LambdaRuntimeError) -> Reply {
        try await post("init error", "/init/error", Self.headers(of: error), error.body)
    }

    /// What the Runtime API made of a call.
    enum Reply: Equatable {
        case accepted
        /// 413: the answer is larger than Lambda takes.
        case tooLarge
        /// 400, 403 and the like: the invocation is over, or not known. The message is for the log.
        case refused(String)
    }

    /// Posts once, and once more when the connection broke: the second is refused where the first had arrived.
    private func post(
        _ call: String, _ path: String, _ headers: HTTPHeaders, _ body: [UInt8]
    ) async throws(LambdaRuntimeError) -> Reply {
        let request = HTTPRequest(
            method: "POST", url: base + path, headers: headers, body: .bytes(body),
            deadlines: HTTPDeadlines(idle: .seconds(10)), bypassesProxy: true)
        let response: HTTPCollectedResponse
        do {
            response = try await transport.send(request, collectingUpTo: 64 << 10)
        } catch  where error.phase == .cancelled {
            throw .transport(call: call, error)
        } catch {
            do {
                response = try await transport.send(request, collectingUpTo: 64 << 10)
            } catch {
                throw .transport(call: call, error)
            }
        }
        switch response.status {
        case 200..<300: return .accepted
        case 413: return .tooLarge
        case 400..<500: return .refused("\(call): status \(response.status) \(Self.line(response.body))")
        default: throw .refused(call: call, status: response.status, message: Self.line(response.body))
        }
    }

    private static func headers(of error: InvocationError) -> HTTPHeaders {
        [
            "Content-Type": "application/vnd.aws.lambda.error+json",
            "Lambda-Runtime-Function-Error-Type": error.type,
        ]
    }

    private static func line(_ body: [UInt8]) -> String {
        String(String(decoding: body.prefix(300), as: UTF8.self).map { $0.isNewline ? " " : $0 })
    }
}
