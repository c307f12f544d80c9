import HTTPTransport

/// How many retries all requests of a client may spend together, so that an outage is not made worse by them.
///
/// 500 tokens; a retry takes 5, or 10 after a timeout; a success gives back what its last retry took, or 1
/// (SDKs and Tools Reference Guide, Retry behavior: retry quota).
final class RetryBudget: Sendable {
    static let capacity = 500

    private let tokens = Locked(capacity)

    /// What a retry after this failure takes.
    static func price(of error: AWSError) -> Int {
        if case .transport(let failure) = error.reason, failure.phase == .time { return 10 }
        return 5
    }

    /// Takes the price of a retry; `false` when the budget is spent.
    func take(_ price: Int) -> Bool {
        tokens.withLock { tokens in
            guard tokens >= price else { return false }
            tokens -= price
            return true
        }
    }

    /// Gives back after a success.
    func give(_ amount: Int) {
        tokens.withLock { $0 = min($0 + amount, Self.capacity) }
    }
}
