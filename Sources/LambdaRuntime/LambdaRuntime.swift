import Glibc
public import HTTPTransport

/// The loop of a Lambda custom runtime: takes one invocation after the other and posts what a handler makes of it.
public struct LambdaRuntime: Sendable {
    /// Makes an answer of an event; cancelled shortly before Lambda ends the invocation, so that it can still answer.
    public typealias Handler =
        @Sendable (_ event: [UInt8], _ context: LambdaContext) async throws(InvocationError) -> [UInt8]

    private let api: RuntimeAPI
    private let log: @Sendable (String) -> Void

    /// Makes a loop.
    ///
    /// - Parameters:
    ///   - host: The address and port of the Runtime API: `AWS_LAMBDA_RUNTIME_API`.
    ///   - transport: What sends the calls; a proxy that it knows of is passed by.
    ///   - log: Takes one line each for what goes wrong without ending the loop.
    public init(host: String, transport: HTTPClient, log: @escaping @Sendable (String) -> Void) {
        api = RuntimeAPI(host: host, transport: transport)
        self.log = log
    }

    /// Reports that the function cannot start; the process is to exit then.
    ///
    /// - Throws: `LambdaRuntimeError` when the report cannot be delivered.
    public func reportInitError(_ error: InvocationError) async throws(LambdaRuntimeError) {
        if case .refused(let message) = try await api.failInit(error) { log("Runtime API \(message)") }
    }

    /// Handles invocations until the task is cancelled.
    ///
    /// An invocation that fails is reported, and the next one taken.
    ///
    /// - Throws: `LambdaRuntimeError` when the process is to exit.
    public func run(_ handler: @escaping Handler) async throws(LambdaRuntimeError) {
        while !Task.isCancelled {
            do {
                try await handleNext(handler)
            } catch .transport(_, let error) where error.phase == .cancelled && Task.isCancelled {
                return
            }
        }
    }

    private func handleNext(_ handler: @escaping Handler) async throws(LambdaRuntimeError) {
        let invocation = try await api.next()
        let context: LambdaContext
        do {
            context = try LambdaContext(invocation.headers)
        } catch {
            guard let requestId = error.requestId else { throw .malformedInvocation(error.message) }
            return try await report(InvocationError(type: "Runtime.MalformedHeader", message: error.message), requestId)
        }
        let result: Result<[UInt8], InvocationError>
        do {
            let event = try await invocation.body.collect(upTo: RuntimeAPI.payloadLimit)
            Self.setTrace(context.traceId)
            result = await Self.answer(event, context, handler)
        } catch {
            result = .failure(InvocationError(type: "Runtime.UnreadableEvent", message: "the event's \(error)"))
        }
        try await post(result, context.requestId)
    }

    private func post(
        _ result: Result<[UInt8], InvocationError>, _ requestId: String
    ) async throws(LambdaRuntimeError) {
        switch result {
        case .failure(let error):
            try await report(error, requestId)
        case .success(let answer) where answer.count > RuntimeAPI.payloadLimit:
            try await report(Self.tooLarge(answer), requestId)
        case .success(let answer):
            switch try await api.respond(to: requestId, with: answer) {
            case .accepted: break
            case .tooLarge: try await report(Self.tooLarge(answer), requestId)
            case .refused(let message): log("Runtime API \(message); request \(requestId)")
            }
        }
    }

    private func report(_ error: InvocationError, _ requestId: String) async throws(LambdaRuntimeError) {
        switch try await api.fail(requestId, error) {
        case .accepted: break
        case .tooLarge: log("Runtime API error: status 413; request \(requestId)")
        case .refused(let message): log("Runtime API \(message); request \(requestId)")
        }
    }

    private static func tooLarge(_ answer: [UInt8]) -> InvocationError {
        InvocationError(
            type: "Function.ResponseSizeTooLarge",
            message: "the answer has \(answer.count) bytes; Lambda takes \(RuntimeAPI.payloadLimit)")
    }

    /// Runs the handler, and cancels it when what is left of the invocation's time is needed for the answer.
    private static func answer(
        _ event: [UInt8], _ context: LambdaContext, _ handler: @escaping Handler
    ) async -> Result<[UInt8], InvocationError> {
        let remaining = context.remaining(at: wallClock)
        let handlingTime = remaining - min(remaining / 5, .seconds(2))
        return await withTaskGroup(of: Result<[UInt8], InvocationError>?.self) { group in
            group.addTask {
                do throws(InvocationError) {
                    return .success(try await handler(event, context))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task.sleep(for: handlingTime)
                return nil
            }
            var answer: Result<[UInt8], InvocationError>?
            while let ended = await group.next() {
                answer = ended ?? answer
                group.cancelAll()
            }
            return answer ?? .failure(InvocationError(type: "Runtime.NoAnswer", message: "the handler gave no answer"))
        }
    }

    /// Tells the libraries of this process under which trace they run, as every Lambda runtime does.
    ///
    /// It is called between invocations, when no request is under way that could read the environment meanwhile.
    private static func setTrace(_ traceId: String?) {
        if let traceId { setenv("_X_AMZN_TRACE_ID", traceId, 1) } else { unsetenv("_X_AMZN_TRACE_ID") }
    }

    /// Milliseconds since 1970.
    static var wallClock: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
