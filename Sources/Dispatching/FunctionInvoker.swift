public import AWSCore
public import HTTPTransport

/// What carries an event to a function.
public protocol FunctionInvoker: Sendable {
    /// Invokes the function and waits for its answer.
    ///
    /// - Throws: `InvocationFailure` when the function gave none.
    func invoke(_ event: [UInt8]) async throws(InvocationFailure) -> FunctionAnswer
}

/// What a function answered.
public struct FunctionAnswer: Sendable, Equatable {
    /// The body.
    public var payload: [UInt8]
    /// `X-Amz-Function-Error`: `Unhandled` and the like; `nil` when the function did not fail.
    public var functionError: String?

    /// Makes an answer.
    public init(payload: [UInt8], functionError: String? = nil) {
        self.payload = payload
        self.functionError = functionError
    }
}

/// Why a function gave no answer.
public struct InvocationFailure: Error, Sendable, Equatable {
    /// What that means for the task.
    public enum Kind: Sendable {
        /// Nobody answered: what is wrong is not the task.
        case unreachable
        /// The function's service asks to try again.
        case throttled
        /// The service refused the invocation.
        case refused
        /// The run was cancelled.
        case cancelled
    }

    /// What that means for the task.
    public var kind: Kind
    /// What happened, in one line.
    public var message: String

    /// Makes a failure.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

/// The longest answer of a function in bytes (Lambda Developer Guide, "Lambda quotas": 6 MB, synchronous).
private let longestAnswer = 6 << 20

/// How long an invocation may take: the 15 minutes of Lambda's longest timeout, and one for what is around it.
private let patience = HTTPDeadlines(idle: nil, total: .seconds(16 * 60))

/// The path of Lambda's Invoke operation (Lambda API Reference).
private func invokePath(_ function: String) -> String { "/2015-03-31/functions/\(function)/invocations" }

/// A function behind an endpoint that takes unsigned invocations: the Runtime Interface Emulator.
public struct EmulatedFunction: FunctionInvoker {
    private let url: String
    private let transport: HTTPClient

    /// Makes an invoker of the function at `endpoint`, `http://127.0.0.1:8080`.
    public init(endpoint: String, function: String, transport: HTTPClient) {
        url = (endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint) + invokePath(function)
        self.transport = transport
    }

    /// Invokes the function and waits for its answer.
    public func invoke(_ event: [UInt8]) async throws(InvocationFailure) -> FunctionAnswer {
        let request = HTTPRequest(
            method: "POST", url: url, headers: ["Content-Type": "application/json"], body: .bytes(event),
            deadlines: patience)
        let response: HTTPCollectedResponse
        do {
            response = try await transport.send(request, collectingUpTo: longestAnswer)
        } catch {
            throw InvocationFailure(
                error.phase == .cancelled ? .cancelled : .unreachable, "\(url) gives no answer (\(error))")
        }
        let text = String(decoding: response.body.prefix(300), as: UTF8.self)
        switch response.status {
        case 200: return FunctionAnswer(payload: response.body, functionError: response.headers["X-Amz-Function-Error"])
        // The emulator refuses a second invocation at a time with 400 and no body.
        case 400 where response.body.isEmpty, 429, 500...599:
            throw InvocationFailure(.throttled, "\(url) answered \(response.status) \(text)")
        default: throw InvocationFailure(.refused, "\(url) answered \(response.status) \(text)")
        }
    }
}

/// A function of AWS Lambda, invoked with signed requests.
public struct LambdaFunction: FunctionInvoker {
    private let client: AWSClient
    private let endpoint: Endpoint
    private let region: String
    private let function: String

    /// Makes an invoker of a function in a region.
    public init(_ function: String, region: String, endpoint: Endpoint, client: AWSClient) {
        self.function = function
        self.region = region
        self.endpoint = endpoint
        self.client = client
    }

    /// Invokes the function and waits for its answer.
    public func invoke(_ event: [UInt8]) async throws(InvocationFailure) -> FunctionAnswer {
        let request = AWSRequest(
            operation: "Invoke", service: .lambda, region: region, endpoint: endpoint, method: "POST",
            path: invokePath(function), headers: ["Content-Type": "application/json"], body: .bytes(event),
            deadlines: patience, subject: "function \(function)")
        do {
            let response = try await client.send(request, collectingUpTo: longestAnswer)
            return FunctionAnswer(payload: response.body, functionError: response.headers["X-Amz-Function-Error"])
        } catch {
            throw InvocationFailure(error)
        }
    }
}

extension InvocationFailure {
    fileprivate init(_ error: AWSError) {
        let kind: Kind =
            if error.isCancellation {
                .cancelled
            } else if error.isThrottling || error.isTransient {
                error.service == nil ? .unreachable : .throttled
            } else {
                error.service == nil ? .unreachable : .refused
            }
        self.init(kind, "\(error)")
    }
}
