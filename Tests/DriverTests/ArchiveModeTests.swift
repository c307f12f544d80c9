import AWSCore
import Driver
import HTTPTransport
import Jobs
import Manifests
import S3
import Testing

@Suite struct ArchiveModeTests {
    static let queue = "https://sqs.eu-west-1.amazonaws.com/111122223333/archive"

    static func driver(_ store: FakeStore, _ change: (inout RunSettings) -> Void = { _ in }) -> Driver {
        store.driver { settings in
            settings.jobs.mode = .archive
            settings.jobs.archiveQueue = queue
            settings.copy.prefix = "archives/"
            change(&settings)
        }
    }

    static func event(_ keys: [String]) -> String {
        let tasks = keys.enumerated().map { index, key in
            #"{"taskId": "t\#(index)", "s3Key": "\#(key)", "s3VersionId": null, "s3Bucket": "from"}"#
        }
        return
            #"{"invocationSchemaVersion": "2.0", "invocationId": "i1", "job": {"id": "j1"}, "tasks": [\#(tasks.joined(separator: ","))]}"#
    }

    static let sizes: [(Int64, Bool)] = [
        (0, true), (1, true), (2 << 30, true), ((2 << 30) + 1, false), (50_000_000_000_000, false),
    ]

    /// The largest size for archives is the boundary between the two ways.
    @Test(arguments: sizes)
    func smallOnesAreQueuedAndLargeOnesTransferred(_ size: Int64, _ isQueued: Bool) async throws {
        let store = FakeStore()
        store.put("from", "k", FakeStore.head(size))
        let result = try #require(try await Self.driver(store).result(key: "k"))
        #expect(result.resultCode == "Succeeded")
        let state = store.state.withLock { $0 }
        #expect(state.sent.isEmpty != isQueued)
        #expect(state.submitted.isEmpty == isQueued)
        #expect(result.resultString.contains("not archived yet") == isQueued)
    }

    @Test func theMessageHasWhatTheWorkerNeeds() async throws {
        let store = FakeStore()
        var head = FakeStore.head(10, eTag: "abc")
        head.versionId = "v9"
        head.lastModified = "Fri, 21 Nov 2025 05:32:01 GMT"
        store.put("from", "a b", head)
        let arguments = #"{"storageClass": "GLACIER", "requesterPays": "true"}"#
        let result = try await Self.driver(store).result(key: "a+b", userArguments: arguments)
        #expect(result?.resultString.hasPrefix("queued in \(Self.queue), not archived yet: 10 bytes") == true)
        var row = ManifestRow(bucket: "from", key: "a b", versionId: "v9", size: 10)
        row.eTag = "abc"
        row.lastModified = "2025-11-21T05:32:01Z"
        row.storageClass = "STANDARD"
        let sent = try #require(store.state.withLock { $0.sent.first })
        #expect(sent.queue == Self.queue)
        #expect(
            sent.messages == [
                .object(
                    row, run: "j1",
                    settings: [
                        "S3HAUL_TO": "s3://to/archives/", "S3HAUL_STORAGE_CLASS": "GLACIER",
                        "S3HAUL_REQUESTER_PAYS": "true",
                    ])
            ])
        #expect(store.state.withLock { $0.copied.isEmpty && $0.submitted.isEmpty })
    }

    @Test func allTasksOfAnEventAreSentTogether() async throws {
        let store = FakeStore()
        let keys = (0..<25).map { "k\($0)" }
        for key in keys { store.put("from", key, FakeStore.head(1)) }
        let answer = try await Self.driver(store).answer(Self.event(keys))
        #expect(answer.results.map(\.resultCode) == keys.map { _ in "Succeeded" })
        #expect(store.state.withLock { $0.sent.map(\.messages.count) } == [25])
    }

    @Test func whatTheQueueDoesNotTakeFailsItsOwnTaskAlone() async throws {
        let store = FakeStore()
        for key in ["a", "b", "c"] { store.put("from", key, FakeStore.head(1)) }
        store.state.withLock { state in
            state.sendErrors["b"] = FakeStore.failure(500, "InternalError", operation: "SendMessageBatch")
            state.sendErrors["c"] = FakeStore.failure(403, "AccessDenied", operation: "SendMessageBatch")
        }
        let answer = try await Self.driver(store).answer(Self.event(["a", "b", "c", "gone"]))
        #expect(
            answer.results.map(\.resultCode) == [
                "Succeeded", "TemporaryFailure", "PermanentFailure", "PermanentFailure",
            ])
        #expect(answer.results[2].resultString.contains("sqs:SendMessage"))
    }

    static let refusals: [(String, @Sendable (inout RunSettings) -> Void, @Sendable (inout HeadObjectOutput) -> Void)] =
        [
            ("NoArchiveQueue", { $0.jobs.archiveQueue = nil }, { _ in }),
            ("NoDestination", { $0.copy.bucket = nil }, { _ in }),
            ("InvalidObjectState", { _ in }, { $0.properties.storageClass = "DEEP_ARCHIVE" }),
        ]

    @Test(arguments: refusals.indices)
    func whatCannotBeArchivedIsRefused(_ index: Int) async throws {
        let (code, settings, object) = Self.refusals[index]
        let store = FakeStore()
        var head = FakeStore.head(1)
        object(&head)
        store.put("from", "k", head)
        let result = try #require(try await Self.driver(store, settings).result(key: "k"))
        #expect(result.resultCode == "PermanentFailure")
        #expect(result.resultString.contains(code))
        #expect(store.state.withLock { $0.sent.isEmpty })
    }

    @Test(arguments: ["", "archive", "s3://b/k", "https://", "http://a b/c"])
    func aQueueIsNamedByItsURL(_ text: String) {
        var settings = RunSettings()
        #expect(throws: SettingError.self) { try settings.apply(userArguments: ["archiveQueue": text]) }
    }
}
