import AWSCore
import HTTPTransport

/// Reads the body of a GetObject reply, and says of what broke it which object it was.
actor BodyReader {
    private var chunks: HTTPResponseBody.AsyncIterator
    private let subject: String

    init(_ body: HTTPResponseBody, subject: String) {
        chunks = body.makeAsyncIterator()
        self.subject = subject
    }

    /// The next chunk; `nil` at the end.
    func next() async throws(AWSError) -> [UInt8]? {
        var iterator = chunks
        do throws(HTTPError) {
            return try await iterator.next()
        } catch {
            throw AWSError(
                error.phase == .cancelled ? .cancelled : .transport(error), operation: "GetObject", subject: subject,
                attempts: 1)
        }
    }
}
