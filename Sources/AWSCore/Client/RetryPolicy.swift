import HTTPTransport

/// Whether, and after how long, a failed request is sent again: a pure decision.
public struct RetryPolicy: Sendable, Equatable {
    /// How often a request is sent at most, first try included.
    public var maxAttempts: Int
    /// The longest wait after the first failure; it doubles with each further one.
    public var base = Duration.milliseconds(100)
    /// The same after a reply that asks for fewer requests.
    public var throttlingBase = Duration.milliseconds(500)
    /// The longest wait.
    public var cap = Duration.seconds(20)

    /// Makes a policy with AWS's waits.
    public init(maxAttempts: Int) { self.maxAttempts = maxAttempts }

    /// How long to wait before the next attempt: full jitter (AWS Architecture Blog, Exponential Backoff And Jitter).
    ///
    /// - Parameters:
    ///   - attempts: How often the request was sent.
    ///   - isThrottling: Whether the service asked for fewer requests.
    ///   - retryAfter: What the reply's `Retry-After` asks for; at most `cap` is honoured.
    ///   - random: A number from 0 to 1.
    /// - Returns: The wait.
    func delay(after attempts: Int, isThrottling: Bool, retryAfter: Duration?, random: Double) -> Duration {
        let longest = min(cap, (isThrottling ? throttlingBase : base) * Double(1 << min(max(attempts - 1, 0), 20)))
        return max(longest * random, min(retryAfter ?? .zero, cap))
    }
}

extension AWSError {
    /// Whether the request may be sent again without the risk of doing its work twice against the caller's will.
    func allowsRetry(of request: AWSRequest) -> Bool {
        guard isTransient else { return false }
        if case .stream = request.body { return false }  // what was read of it is gone
        if request.isRepeatable { return true }
        switch reason {
        case .service(let error): return error.isThrottling && error.status != 200  // refused before it was begun
        case .transport(let error): return !error.mayHaveBeenSent
        default: return false
        }
    }

    /// What the reply's `Retry-After`, in seconds or as a time, or its form in milliseconds, asks for.
    func retryAfter(at date: Int64) -> Duration? {
        guard let headers = service?.headers else { return nil }
        if let text = headers["x-amz-retry-after"], let milliseconds = Int64(text), milliseconds >= 0 {
            return .milliseconds(min(milliseconds, 3_600_000))
        }
        guard let text = headers["Retry-After"] else { return nil }
        guard let seconds = Int64(text) ?? Int64(httpDate: text).map({ $0 - date }), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 3_600))
    }
}
