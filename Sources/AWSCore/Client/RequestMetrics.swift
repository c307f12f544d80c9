import HTTPTransport

/// What a client has sent so far.
public struct RequestMetrics: Sendable, Equatable {
    /// Requests sent, by operation; every attempt counts.
    public var requests: [String: Int] = [:]
    /// How many of them were second and further attempts.
    public var retries = 0
    /// How many were answered with a wish for fewer.
    public var throttles = 0
    /// Bytes of the requests' bodies.
    public var bytesSent = 0
    /// Bytes of the responses' bodies; of one that is streamed what its `Content-Length` says.
    public var bytesReceived = 0

    /// Makes empty metrics.
    public init() {}

    /// All requests together.
    public var total: Int { requests.values.reduce(0, +) }
}

/// Counts the requests that are sent for one thing: those of the tasks that run inside `count`.
public final class RequestCounter: Sendable {
    /// The counter of the running task.
    @TaskLocal static var current: RequestCounter?

    private let sent = Locked(0)

    /// Makes a counter at 0.
    public init() {}

    /// How many requests were sent, every attempt counted.
    public var count: Int { sent.withLock { $0 } }

    /// Runs `body`, and counts the requests that it and its child tasks send.
    public func counting<Result, Failure: Error>(
        _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let outcome: Swift.Result<Result, Failure> = await Self.$current.withValue(self) {
            do throws(Failure) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    func add() { sent.withLock { $0 += 1 } }
}
