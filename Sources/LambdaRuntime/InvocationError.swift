import FoundationEssentials

/// Why an invocation has no answer, as Lambda reports it to the invoker.
public struct InvocationError: Error, Sendable, Equatable {
    /// A bounded name in Lambda's form, `Category.Reason`: `Runtime.MalformedEvent`.
    public var type: String
    /// What happened, in one line.
    public var message: String

    /// Makes an error.
    public init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    private struct Body: Encodable {
        var errorMessage: String
        var errorType: String
        var stackTrace: [String] = []
    }

    /// The body in the form `application/vnd.aws.lambda.error+json`.
    var body: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings alone always encode; Lambda makes an answer of the error type's header where there is no body.
        return (try? encoder.encode(Body(errorMessage: message, errorType: type))).map { Array($0) } ?? []
    }
}
