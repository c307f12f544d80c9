internal import AWSCore
import FoundationEssentials
internal import HTTPTransport

/// Says that this worker makes a bundle, so that others wait for it: as long as it says so again in time.
///
/// Nobody writes over what another one said since it was read, so of those who find it free one gets it. Two workers may
/// still make one bundle, when one stood still for longer than its lease; it then finds that it has held it no longer
/// before it stores the index.
struct Lease: Sendable {
    private let store: any ClaimStore
    private let name: String
    private let worker: String
    private let clock: WorkClock
    /// What tells who takes it here from all others, be they of the same worker.
    private let token = UUID().uuidString.lowercased()

    private struct Content: Codable {
        var schema = 1
        var worker: String
        var token: String
        var until: Int64
    }

    init(store: any ClaimStore, name: String, worker: String, clock: WorkClock) {
        self.store = store
        self.name = name
        self.worker = worker
        self.clock = clock
    }

    /// Takes it, if nobody else has it.
    ///
    /// - Parameter start: From when on it is free where nobody said anything yet, in seconds since 1970.
    /// - Returns: For how many seconds somebody else has it, or after how many to ask again; `nil` when it is taken.
    /// - Throws: `AWSError` when the store fails, `DecodingError` when it has what is no lease.
    func take(freeFrom start: Int64 = 0) async throws -> Int64? {
        let now = clock.seconds()
        let found = try await read()
        let until = found?.content.until ?? start
        if found?.content.token != token, until > now { return until - now }
        return try await write(until: now + clock.lease, over: found?.eTag) ? nil : 1
    }

    /// Takes it, as soon as nobody else has it.
    ///
    /// - Returns: Since when this worker has it.
    func takeInTurn() async throws -> ContinuousClock.Instant {
        while true {
            let now = ContinuousClock.now
            guard let left = try await take() else { return now }
            try await Task.sleep(for: .seconds(min(left, 2)))
        }
    }

    /// Says again that this worker has it.
    ///
    /// - Parameter isOver: Whether its time is over: another may have had it since, and removed it.
    /// - Returns: Whether this worker has it; once it has not, it will not have it again.
    /// - Throws: What `take` does.
    func renew(isOver: Bool) async throws -> Bool {
        let found = try await read()
        guard found.map({ $0.content.token == token }) ?? !isOver else { return false }
        if try await write(until: clock.seconds() + clock.lease, over: found?.eTag) { return true }
        // Somebody was quicker, or it was this very lease whose reply got lost.
        return try await read()?.content.token == token
    }

    /// Says that this worker gave it up, unless another one has it.
    func release() async throws {
        let found = try await read()
        if let found, found.content.token != token { return }
        _ = try await write(until: 0, over: found?.eTag)
    }

    /// Does something while this worker has it since `start`, and says so again and again.
    ///
    /// The body can ask whether it still has it.
    func keeping<Value>(
        since start: ContinuousClock.Instant, _ body: (_ isHeld: @escaping @Sendable () -> Bool) async throws -> Value
    ) async throws -> Value {
        let renewed = Locked<ContinuousClock.Instant?>(start)
        let length = Duration.seconds(clock.lease)
        async let _ = keepRenewing(renewed, length)
        return try await body { renewed.withLock { $0.map { ContinuousClock.now - $0 < length } ?? false } }
    }

    /// Renews it until it is lost, which leaves no time in `renewed`.
    private func keepRenewing(_ renewed: Locked<ContinuousClock.Instant?>, _ length: Duration) async {
        while let last = renewed.withLock({ $0 }) {
            guard (try? await Task.sleep(for: length / 3)) != nil else { return }
            let now = ContinuousClock.now
            guard let isHeld = try? await renew(isOver: now - last >= length) else { continue }
            renewed.withLock { $0 = isHeld ? now : nil }
        }
    }

    private func read() async throws -> (content: Content, eTag: String)? {
        guard let found = try await store.read(name) else { return nil }
        return (try JSONDecoder().decode(Content.self, from: Data(found.bytes)), found.eTag)
    }

    /// Writes it where nothing is, or over what was read; `false` where something else is by now.
    private func write(until: Int64, over eTag: String?) async throws -> Bool {
        let bytes = Array(try JSONEncoder().encode(Content(worker: worker, token: token, until: until)))
        guard let eTag else { return try await store.create(name, bytes) }
        return try await store.replace(name, bytes, ifMatch: eTag)
    }
}
