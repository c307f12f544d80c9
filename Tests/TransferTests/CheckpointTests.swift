import Glibc
import HTTPTransport
import Jobs
import S3
import TestSupport
import Testing

@testable import Transfer

@Suite struct CheckpointTests {
    static let me = WorkerIdentity(host: "here", process: 100, batchJob: "job", batchAttempt: 2)

    static func checkpoint(_ change: (inout Checkpoint) -> Void = { _ in }) -> Checkpoint {
        var checkpoint = Checkpoint(
            state: .running, source: .init(bucket: "a", key: "k"), sourceETag: "e",
            destination: .init(bucket: "b", key: "k"), settings: "digest", size: 20 << 20,
            layout: PartLayout(size: 20 << 20, partSize: 5 << 20), owner: me, attempt: "1", heartbeat: 1_000,
            started: 990, uploadId: "u")
        change(&checkpoint)
        return checkpoint
    }

    struct Finding: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var found: Checkpoint?
        var isQuiet = false
        var runs = true
        var step: NextStep
    }

    static let layout = PartLayout(size: 20 << 20, partSize: 5 << 20)
    static let resumes: NextStep? = layout.map { .resume(uploadId: "u", layout: $0, started: 990) }
    static let result = Checkpoint.Result(eTag: "d", versionId: nil, proof: .eTag)

    static let findings: [Finding] = [
        Finding(testDescription: "unreadable", found: nil, step: .start),
        Finding(
            testDescription: "finished",
            found: checkpoint {
                $0.state = .done
                $0.result = result
            }, step: .finish(result)),
        Finding(
            testDescription: "finished for another source",
            found: checkpoint {
                $0.state = .done
                $0.result = result
                $0.sourceETag = "other"
            }, step: .start),
        Finding(
            testDescription: "a rival at work", found: checkpoint { $0.owner = .init(host: "there", process: 1) },
            step: .wait),
        Finding(
            testDescription: "a rival that has been silent",
            found: checkpoint {
                $0.owner = .init(host: "there", process: 1)
                $0.heartbeat = 950
            }, step: resumes ?? .start),
        Finding(
            testDescription: "a rival that was watched",
            found: checkpoint { $0.owner = .init(host: "there", process: 1) },
            isQuiet: true, step: resumes ?? .start),
        Finding(
            testDescription: "an earlier attempt of the job", found: checkpoint { $0.owner.batchAttempt = 1 },
            step: resumes ?? .start),
        Finding(testDescription: "the same attempt of the job", found: checkpoint(), step: .wait),
        Finding(
            testDescription: "a dead process of this host",
            found: checkpoint { $0.owner = .init(host: "here", process: 1) }, runs: false, step: resumes ?? .start),
        Finding(
            testDescription: "a live process of this host",
            found: checkpoint { $0.owner = .init(host: "here", process: 1) }, step: .wait),
        Finding(
            testDescription: "given up", found: checkpoint { $0.heartbeat = 0 }, step: resumes ?? .start),
        Finding(
            testDescription: "a heartbeat that overflows", found: checkpoint { $0.heartbeat = .max },
            step: resumes ?? .start),
        Finding(
            testDescription: "other settings",
            found: checkpoint {
                $0.settings = "other"
                $0.heartbeat = 0
            }, step: .abandon(uploadId: "u")),
        Finding(
            testDescription: "no parts",
            found: checkpoint {
                $0.layout = nil
                $0.heartbeat = 0
            }, step: .abandon(uploadId: "u")),
        Finding(
            testDescription: "only intended",
            found: checkpoint {
                $0.state = .intent
                $0.uploadId = nil
                $0.heartbeat = 0
            }, step: .sweep(intents: [995])),
        Finding(
            testDescription: "only intended, and more than once",
            found: checkpoint {
                $0.state = .intent
                $0.uploadId = nil
                $0.heartbeat = 0
                $0.intents = [700, 800]
            }, step: .sweep(intents: [700, 800, 995])),
    ]

    @Test(arguments: findings) func decidesByWhatItFinds(_ row: Finding) {
        let stored = StoredCheckpoint(row.found, token: "t", written: 995)
        let step = NextStep.decide(
            stored, wanted: Self.checkpoint(), now: 1_010, isQuiet: row.isQuiet, isRunning: { _ in row.runs })
        #expect(step == row.step)
    }

    @Test func beginsWhereNothingIs() {
        #expect(NextStep.decide(nil, wanted: Self.checkpoint(), now: 1_010, isRunning: { _ in true }) == .start)
    }

    @Test func takesOnlyItsOwnLeftovers() {
        let uploads = [
            PendingUpload(id: "before", initiated: 998, initiator: "me"),
            PendingUpload(id: "at once", initiated: 999, initiator: "me"),
            PendingUpload(id: "late", initiated: 1_060, initiator: "me"),
            PendingUpload(id: "after", initiated: 1_061, initiator: "me"),
            PendingUpload(id: "other", initiated: 1_000, initiator: "them"),
            PendingUpload(id: "whose", initiated: 1_000),
            PendingUpload(id: "own", initiated: 1_000, initiator: "me"),
            PendingUpload(id: "far", initiated: .min, initiator: "me"),
        ]
        let known = Leftovers.among(uploads, intents: [500, 1_000], own: "own")
        #expect(known.map(\.id) == ["at once", "late"])
        #expect(Leftovers.among(uploads, intents: [1_000], own: "unlisted").isEmpty)
        #expect(Leftovers.among(uploads, intents: [], own: "own").isEmpty)
        // A store that names nobody.
        #expect(Leftovers.among(uploads, intents: [1_000], own: "whose").isEmpty)
    }

    @Test func namesTasksApart() {
        func name(_ source: String, _ version: String?, _ destination: String) -> String {
            Checkpoint.name(
                of: CopyTask(
                    source: .init(bucket: "a", key: source, versionId: version),
                    destination: .init(bucket: "b", key: destination)))
        }
        let names = [
            name("k", nil, "k"), name("k", "1", "k"), name("k1", nil, "k"), name("k", nil, "k1"), name("kk", nil, ""),
        ]
        #expect(Set(names).count == names.count)
        #expect(names[0] == name("k", nil, "k"))
        #expect(names[0].hasSuffix(".json") && names[0].utf8.count == 69)
    }

    @Test func survivesJSON() throws {
        let checkpoint = Self.checkpoint { $0.result = Self.result }
        let bytes = try CheckpointCoding.encode(checkpoint)
        #expect(CheckpointCoding.decode(bytes) == checkpoint)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""schema":1"#))
    }

    @Test(arguments: ["", "{}", "null", "[1", #"{"schema":2}"#]) func takesDamagedCheckpointsForNone(_ text: String) {
        #expect(CheckpointCoding.decode(Array(text.utf8)) == nil)
    }

    @Test func takesALaterFormatForNone() throws {
        let later = try CheckpointCoding.encode(Self.checkpoint { $0.schema = 2 })
        #expect(CheckpointCoding.decode(later) == nil)
    }

    @Test func digestsAllThatADestinationIsLike() {
        var settings = CopySettings()
        let head = DestinationPropertiesTests.source()
        func digest(_ tags: [S3.Tag] = []) -> String {
            DestinationProperties(source: head, tags: tags, settings: settings, now: 0).digest
        }
        var digests = [digest(), digest([S3.Tag(key: "a", value: "b")])]
        settings.storageClass = "GLACIER"
        digests.append(digest())
        settings.acl = "private"
        digests.append(digest())
        settings.metadata = .replace(["a": "b", "c": "d"])
        digests.append(digest())
        #expect(Set(digests).count == digests.count)
        #expect(digests.last == digest())
    }
}

@Suite struct WorkerIdentityTests {
    @Test func knowsItself() {
        let me = WorkerIdentity.current(environment: ["AWS_BATCH_JOB_ID": "j", "AWS_BATCH_JOB_ATTEMPT": "3"])
        #expect(me.batchJob == "j" && me.batchAttempt == 3 && me.process == getpid())
        #expect(me.isRunningHere && !me.host.isEmpty)
    }

    @Test func knowsAProcessFromAnotherOfItsNumber() {
        var other = WorkerIdentity.current(environment: [:])
        other.processStart = 1
        #expect(!other.isRunningHere)
        other.processStart = nil
        #expect(other.isRunningHere)
        other.process = -1
        #expect(!other.isRunningHere)
    }
}

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
