import HTTPTransport
import TestSupport
import Testing

@testable import AWSCore

@Suite struct RefreshingCredentialProviderTests {
    /// Gives numbered credentials of a set lifetime, or fails, when it is let.
    final class Source: CredentialProvider {
        struct State {
            var loads = 0
            var isFailing = false
            var gates: [CheckedContinuation<Void, Never>] = []
            var isOpen = true
            var now: Int64 = 1_000_000
            /// How often the provider has looked at the clock: once for a caller, and once when a renewal is over.
            var looks = 0
        }
        let state = Locked(State())
        let lifetime: Int64?

        init(lifetime: Int64?) { self.lifetime = lifetime }

        var loads: Int { state.withLock { $0.loads } }

        func credentials() async throws(CredentialError) -> AWSCredentials {
            let number = state.withLock { state in
                state.loads += 1
                return state.loads
            }
            await withCheckedContinuation { gate in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.gates.append(gate) }
                    return state.isOpen
                }
                if isOpen { gate.resume() }
            }
            return try answer(number)
        }

        private func answer(_ number: Int) throws(CredentialError) -> AWSCredentials {
            let (isFailing, now) = state.withLock { ($0.isFailing, $0.now) }
            if isFailing { throw CredentialError(tried: ["failing"]) }
            return AWSCredentials(
                accessKeyId: "\(number)", secretAccessKey: "s", expiration: lifetime.map { now + $0 })
        }

        func invalidate(_ refused: AWSCredentials) {}

        func open() {
            let gates = state.withLock { state in
                defer { state.gates = [] }
                state.isOpen = true
                return state.gates
            }
            for gate in gates { gate.resume() }
        }

        func provider() -> RefreshingCredentialProvider {
            RefreshingCredentialProvider(
                self,
                now: { [state] in
                    state.withLock { state in
                        state.looks += 1
                        return state.now
                    }
                })
        }
    }

    @Test func keepsCredentialsWithoutEnd() async throws {
        let source = Source(lifetime: nil)
        let provider = source.provider()
        #expect(try await provider.credentials().accessKeyId == "1")
        source.state.withLock { $0.now += 1_000_000 }
        #expect(try await provider.credentials().accessKeyId == "1")
    }

    @Test func renewsInTheBackgroundFromFiveMinutesBeforeTheEnd() async throws {
        let source = Source(lifetime: 3600)
        let provider = source.provider()
        _ = try await provider.credentials()
        source.state.withLock { $0.now += 3600 - 301 }
        #expect(try await provider.credentials().accessKeyId == "1")
        #expect(source.loads == 1)
        source.state.withLock {
            $0.now += 1
            $0.isOpen = false
        }
        for _ in 0..<3 { #expect(try await provider.credentials().accessKeyId == "1") }
        try await eventually("the renewal begins") { source.loads == 2 }
        source.open()
        try await eventually("callers get the new ones") { try await provider.credentials().accessKeyId == "2" }
        #expect(source.loads == 2)
    }

    @Test func keepsTheOldOnesWhileRenewalFailsAndAsksAgainInTenSeconds() async throws {
        let source = Source(lifetime: 3600)
        let provider = source.provider()
        _ = try await provider.credentials()
        source.state.withLock {
            $0.now += 3600 - 200
            $0.isFailing = true
        }
        var callers = 1
        func ask() async throws {
            callers += 1
            #expect(try await provider.credentials().accessKeyId == "1")
        }
        for load in 2...4 {
            try await eventually("renewal \(load) begins") {
                try await ask()
                return source.loads == load
            }
            try await eventually("renewal \(load) is over") { source.state.withLock(\.looks) == callers + load }
            source.state.withLock { $0.now += 9 }
            for _ in 0..<3 { try await ask() }
            #expect(source.loads == load)
            source.state.withLock { $0.now += 1 }
        }
    }

    @Test func waitsForNewOnesInTheLastMinuteAndFailsIfThereAreNone() async throws {
        let source = Source(lifetime: 3600)
        let provider = source.provider()
        _ = try await provider.credentials()
        source.state.withLock {
            $0.now += 3600 - 60
            $0.isFailing = true
        }
        await #expect(throws: CredentialError(tried: ["failing"])) { try await provider.credentials() }
        source.state.withLock { $0.isFailing = false }
        #expect(try await provider.credentials().accessKeyId == "3")
    }

    @Test func manyCallersShareOneRenewalThatOutlivesACancelledOne() async throws {
        let source = Source(lifetime: 3600)
        source.state.withLock { $0.isOpen = false }
        let provider = source.provider()
        let impatient = Task { try await provider.credentials() }
        try await eventually("the first load begins") { source.loads == 1 }
        async let patient = provider.credentials()
        impatient.cancel()
        await #expect(throws: CredentialError.self) { try await impatient.value }
        source.open()
        #expect(try await patient.accessKeyId == "1")
        #expect(source.loads == 1)
    }

    @Test func aCancelledCallerDoesNotWait() async throws {
        let source = Source(lifetime: nil)
        let provider = source.provider()
        let task = Task {
            try? await eventually("it is cancelled") { Task.isCancelled }
            return try await provider.credentials()
        }
        task.cancel()
        await #expect(throws: CredentialError.self) { try await task.value }
        #expect(try await provider.credentials().accessKeyId == "1")
    }

    @Test func forgetsWhatAServiceRefusedAndNothingNewer() async throws {
        let source = Source(lifetime: nil)
        let provider = source.provider()
        let first = try await provider.credentials()
        provider.invalidate(first)
        let second = try await provider.credentials()
        #expect(second.accessKeyId == "2")
        provider.invalidate(first)
        #expect(try await provider.credentials() == second)
    }

    @Test func refusesCredentialsThatAreOver() async throws {
        let provider = Source(lifetime: -5).provider()
        await #expect(throws: CredentialError(tried: ["1: it ended 5 seconds ago"])) {
            try await provider.credentials()
        }
    }
}
