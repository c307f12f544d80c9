internal import AWSCore
import FoundationEssentials
internal import HTTPTransport

/// Says that this worker makes a bundle, so that others wait for it: as long as it says so again in time.
///
/// Two workers may still make one bundle, when one stood still for longer than its lease; it then finds that it has
/// held it no longer before it stores the index.
struct Lease: Sendable {
    let store: any ClaimStore
    let name: String
    let worker: String
    let clock: WorkClock

    private struct Content: Codable {
        var schema = 1
        var worker: String
        var until: Int64
    }

    /// Until when somebody has it, in seconds since 1970; `nil` where nobody said so yet.
    func until() async throws -> Int64? {
        guard let bytes = try await store.read(name) else { return nil }
        return try JSONDecoder().decode(Content.self, from: Data(bytes)).until
    }

    /// Says that this worker has it from now on.
    func hold() async throws { try await store.write(name, try content(until: clock.seconds() + clock.lease)) }

    /// Says that this worker gave it up.
    func release() async throws { try await store.write(name, try content(until: 0)) }

    /// Takes it, as soon as nobody else has it.
    func take() async throws {
        if try await store.create(name, try content(until: clock.seconds() + clock.lease)) { return }
        while let left = try await until().map({ $0 - clock.seconds() }), left > 0 {
            try await Task.sleep(for: .seconds(min(left, 2)))
        }
        try await hold()
    }

    /// Does something while this worker has it since `start`, and says so again and again.
    ///
    /// The body can ask whether it still has it.
    func keeping<Value>(
        since start: ContinuousClock.Instant, _ body: (_ isHeld: @escaping @Sendable () -> Bool) async throws -> Value
    ) async throws -> Value {
        let renewed = Locked(start)
        let length = Duration.seconds(clock.lease)
        async let _ = renew(renewed)
        return try await body { ContinuousClock.now - renewed.withLock { $0 } < length }
    }

    private func renew(_ renewed: Locked<ContinuousClock.Instant>) async {
        while (try? await Task.sleep(for: .milliseconds(clock.lease * 1000 / 3))) != nil {
            let now = ContinuousClock.now
            if (try? await hold()) != nil { renewed.withLock { $0 = now } }
        }
    }

    private func content(until: Int64) throws -> [UInt8] {
        Array(try JSONEncoder().encode(Content(worker: worker, until: until)))
    }
}
