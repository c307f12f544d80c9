import Glibc
import HTTPTransport
import Jobs
import S3
import TestSupport
import Testing

@testable import Transfer

@Suite struct LocalCheckpointStoreTests {
    private func withStore<Value>(_ body: (LocalCheckpointStore, String) async throws -> Value) async throws -> Value {
        let directory = "/tmp/s3haul-checkpoints-\(getpid())-\(UInt64.random(in: .min ... .max))"
        let store = try LocalCheckpointStore(directory: "\(directory)/a/b")
        do {
            let value = try await body(store, "\(directory)/a/b")
            remove(directory)
            return value
        } catch {
            remove(directory)
            throw error
        }
    }

    private func remove(_ directory: String) {
        for name in ["c.json", "lock"] { unlink("\(directory)/a/b/\(name)") }
        for path in ["/a/b", "/a", ""] { rmdir(directory + path) }
    }

    @Test func writesOnlyWhatNoOneElseHasWritten() async throws {
        try await withStore { store, _ in
            let checkpoint = CheckpointTests.checkpoint()
            #expect(try await store.read("c.json") == nil)
            let first = try await store.write(checkpoint, as: "c.json", replacing: nil)
            #expect(first.checkpoint == checkpoint && first.written > 1_700_000_000)
            await #expect(throws: CheckpointError.conflict) {
                _ = try await store.write(checkpoint, as: "c.json", replacing: nil)
            }
            var changed = checkpoint
            changed.heartbeat += 1
            let second = try await store.write(changed, as: "c.json", replacing: first.token)
            #expect(second.token != first.token)
            await #expect(throws: CheckpointError.conflict) {
                _ = try await store.write(checkpoint, as: "c.json", replacing: first.token)
            }
            await #expect(throws: CheckpointError.conflict) {
                try await store.remove("c.json", token: first.token)
            }
            #expect(try await store.read("c.json") == second)
            try await store.remove("c.json", token: second.token)
            #expect(try await store.read("c.json") == nil)
        }
    }

    @Test func hasOneWinnerOfMany() async throws {
        try await withStore { store, _ in
            let winners = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let checkpoint = CheckpointTests.checkpoint { $0.attempt = "\(number)" }
                        return (try? await store.write(checkpoint, as: "c.json", replacing: nil)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
        }
    }

    /// Holds the lock of a directory as another process would.
    private func lock(_ directory: String) -> Int32 {
        let descriptor = open("\(directory)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(descriptor, LOCK_EX) == 0)
        return descriptor
    }

    @Test func waitsForAnotherWorkerOnAThreadOfItsOwn() async throws {
        try await withStore { store, directory in
            let descriptor = lock(directory)
            // More writers than there are threads of tasks: were they kept waiting there, nothing would let go.
            let hasBegun = Locked(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        hasBegun.withLock { $0 += 1 }
                        let checkpoint = CheckpointTests.checkpoint { $0.attempt = "\(number)" }
                        _ = try? await store.write(checkpoint, as: "c.json", replacing: nil)
                    }
                }
                group.addTask {
                    try await eventually("all writers are under way") { hasBegun.withLock(\.self) == 64 }
                    close(descriptor)
                }
                try await group.waitForAll()
            }
            #expect(try await store.read("c.json") != nil)
        }
    }

    @Test func waitsForNoWorkerForEver() async throws {
        try await withStore { _, directory in
            let descriptor = lock(directory)
            defer { close(descriptor) }
            let store = try LocalCheckpointStore(directory: directory, patience: .milliseconds(20))
            let error = await #expect(throws: CheckpointError.self) {
                _ = try await store.write(CheckpointTests.checkpoint(), as: "c.json", replacing: nil)
            }
            guard case .unavailable(_, mayPass: true) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func saysWhichDirectoryItCannotUse() {
        let error = #expect(throws: CheckpointError.self) { try LocalCheckpointStore(directory: "/proc/no/such") }
        #expect(error?.description.contains("/proc/no") == true)
    }

    @Test(
        arguments: [
            (["XDG_STATE_HOME": "/state", "HOME": "/home/me"], "/state/s3haul/checkpoints"),
            (["XDG_STATE_HOME": "relative", "HOME": "/home/me"], "/home/me/.local/state/s3haul/checkpoints"),
            (["HOME": "/home/me"], "/home/me/.local/state/s3haul/checkpoints"),
            ([:], nil),
        ] as [([String: String], String?)])
    func findsItsDirectory(_ environment: [String: String], _ directory: String?) {
        #expect(LocalCheckpointStore.defaultDirectory(environment: environment) == directory)
    }
}
