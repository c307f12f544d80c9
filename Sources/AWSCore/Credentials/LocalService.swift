internal import HTTPTransport

/// Asks a service on this machine or its link: it answers at once or not at all, and no proxy reaches it.
struct LocalService: Sendable {
    let transport: HTTPClient
    var deadlines = HTTPDeadlines(connect: .seconds(1), idle: .seconds(5), total: .seconds(5))
    /// Waits between attempts.
    var pause: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }

    private static let attempts = 3
    /// Real answers have a few KiB.
    private static let answerLimit = 64 << 10

    /// Whether a reply of this status says that the service is overloaded or broken for the moment.
    static func isBusy(_ status: Int) -> Bool { status == 429 || status >= 500 }

    /// Sends a request, again when the service was reached and yet had no answer, was overloaded or broken.
    func send(
        _ method: String, _ url: String, _ headers: HTTPHeaders
    ) async throws(HTTPError) -> HTTPCollectedResponse {
        let request = HTTPRequest(
            method: method, url: url, headers: headers, deadlines: deadlines, bypassesProxy: true)
        for attempt in 1..<Self.attempts {
            do throws(HTTPError) {
                let response = try await transport.send(request, collectingUpTo: Self.answerLimit)
                guard Self.isBusy(response.status) else { return response }
            } catch {
                // An instance that does not let its answers into a container never answers: no second wait for it.
                guard error.mayHaveBeenSent, error.phase != .cancelled, error.phase != .time else { throw error }
            }
            await pause(.milliseconds(100 << attempt))
        }
        return try await transport.send(request, collectingUpTo: Self.answerLimit)
    }
}
