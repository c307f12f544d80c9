public import HTTPTransport

/// Why the loop cannot go on: the process is to exit, and Lambda starts another.
public enum LambdaRuntimeError: Error, Sendable, Equatable {
    /// There was no usable reply to a call.
    case transport(call: String, HTTPError)
    /// The Runtime API answered with a status after which the runtime is to exit.
    case refused(call: String, status: Int, message: String)
    /// An invocation came without an id, so that it cannot even be answered with an error.
    case malformedInvocation(String)
}

extension LambdaRuntimeError: CustomStringConvertible {
    /// One line: the call and what came of it.
    public var description: String {
        switch self {
        case .transport(let call, let error): "Runtime API \(call): \(error)"
        case .refused(let call, let status, let message): "Runtime API \(call): status \(status) \(message)"
        case .malformedInvocation(let problem): "Runtime API next: \(problem)"
        }
    }
}
