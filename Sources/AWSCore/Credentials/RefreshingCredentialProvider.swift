internal import HTTPTransport

/// Keeps credentials in memory and renews them ahead of their end, for any number of callers at once.
///
/// From five minutes before the end, one renewal runs in the background while callers still get the old ones; from one
/// minute before it, callers wait for new ones. A failure is told to those who wait for it, and not remembered.
public final class RefreshingCredentialProvider: CredentialProvider {
    /// How long before their end credentials are renewed in the background, in seconds.
    static let advisoryWindow: Int64 = 300
    /// How long before their end credentials are given out no more, in seconds.
    static let mandatoryWindow: Int64 = 60
    /// How long after a renewal the next may start in the background, in seconds.
    static let backgroundPause: Int64 = 10

    private typealias Outcome = Result<AWSCredentials, CredentialError>

    private struct State {
        var current: AWSCredentials?
        var renewal: Task<Void, Never>?
        var waiters: [Int: CheckedContinuation<Outcome, Never>] = [:]
        var waitersSoFar = 0
        var nextBackgroundRenewal = Int64.min
    }

    private let source: any CredentialProvider
    private let now: @Sendable () -> Int64
    private let state = Locked(State())

    /// Makes a provider in front of another one.
    ///
    /// - Parameters:
    ///   - source: What gives new credentials, in a time that it bounds itself.
    ///   - now: The time in seconds since 1970.
    public init(_ source: any CredentialProvider, now: @escaping @Sendable () -> Int64 = Timing.system.date) {
        self.source = source
        self.now = now
    }

    deinit { state.withLock { $0.renewal?.cancel() } }

    /// The credentials in memory, or new ones.
    public func credentials() async throws(CredentialError) -> AWSCredentials {
        if let remembered { return remembered }
        return try await waitForRenewal().get()
    }

    /// Forgets credentials, unless they have been renewed since.
    public func invalidate(_ refused: AWSCredentials) {
        state.withLock { if $0.current == refused { $0.current = nil } }
    }

    /// What can be given out at once.
    private var remembered: AWSCredentials? {
        let now = now()
        return state.withLock { state in
            guard let current = state.current else { return nil }
            guard let remaining = current.expiration.map({ $0.clampedSubtracting(now) }) else { return current }
            if remaining > Self.advisoryWindow { return current }
            guard remaining > Self.mandatoryWindow else { return nil }
            if state.nextBackgroundRenewal <= now { startRenewal(&state) }
            return current
        }
    }

    private func waitForRenewal() async -> Outcome {
        let number = state.withLock { state in
            state.waitersSoFar += 1
            return state.waitersSoFar
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                // Under the lock, so that a cancellation comes either before this check or after the waiter is known.
                let isCancelled = state.withLock { state in
                    guard !Task.isCancelled else { return true }
                    state.waiters[number] = waiter
                    startRenewal(&state)
                    return false
                }
                if isCancelled { waiter.resume(returning: Self.cancelled) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
            waiter?.resume(returning: Self.cancelled)
        }
    }

    private static let cancelled = Outcome.failure(CredentialError(tried: ["the wait for them was cancelled"]))

    /// One renewal runs at a time, in a task of its own: it outlives the callers that wait for it.
    private func startRenewal(_ state: inout State) {
        guard state.renewal == nil else { return }
        state.renewal = Task { [source, weak self] in
            let outcome: Outcome
            do throws(CredentialError) {
                outcome = .success(try await source.credentials())
            } catch {
                outcome = .failure(error)
            }
            self?.finishRenewal(outcome)
        }
    }

    private func finishRenewal(_ loaded: Outcome) {
        let now = now()
        let outcome = loaded.flatMap { Self.checkNotOver($0, now: now) }
        let waiters = state.withLock { state in
            state.renewal = nil
            state.nextBackgroundRenewal = now + Self.backgroundPause
            if case .success(let credentials) = outcome { state.current = credentials }
            let waiters = state.waiters
            state.waiters = [:]
            return waiters
        }
        for waiter in waiters.values { waiter.resume(returning: outcome) }
    }

    private static func checkNotOver(_ credentials: AWSCredentials, now: Int64) -> Outcome {
        guard let expiration = credentials.expiration, expiration <= now else { return .success(credentials) }
        let age = now.clampedSubtracting(expiration)
        return .failure(CredentialError(tried: ["\(credentials.accessKeyId): it ended \(age) seconds ago"]))
    }
}

extension Int64 {
    /// The difference, or the nearest number that there is: one side comes from outside.
    fileprivate func clampedSubtracting(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < other ? .min : .max) : difference
    }
}
