import AWSCore
import HTTPTransport
import Jobs
import S3
import Transfer

/// A store, checkpoints and a task, set up for a test.
struct Bench: Sendable {
    static let mebibyte: Int64 = 1 << 20

    let store = FakeStore()
    let checkpoints: FakeCheckpoints
    let source = ObjectReference(bucket: "source", key: "object")
    let destination = ObjectReference(bucket: "destination", key: "copy")
    var settings = CopySettings()
    var worker = WorkerIdentity(host: "one", process: 7, batchJob: "job", batchAttempt: 1)
    var keepsCheckpoints = true
    /// Called when a heartbeat is due; returns when the next one is to be written.
    var heartbeat: @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(3600)) }

    init() {
        checkpoints = FakeCheckpoints(store)
        settings.inlineLimit = 10 * Self.mebibyte
        settings.partSize = 5 * Self.mebibyte
        settings.parallelism = 3
    }

    /// Puts an object of 5 MiB parts, the last one shorter.
    func putSource(parts: Int, change: (inout FakeStore.Object) -> Void = { _ in }) {
        let sizes = Array(repeating: 5 * Self.mebibyte, count: parts - 1) + [Self.mebibyte]
        store.put(source, size: sizes.reduce(0, +), parts: sizes, change: change)
    }

    var task: CopyTask { CopyTask(source: source, destination: destination) }

    var engine: TransferEngine {
        TransferEngine(
            store: store, settings: settings, run: "run", checkpoints: keepsCheckpoints ? checkpoints : nil,
            worker: worker, clock: clock)
    }

    /// Time passes when something waits for it.
    private var clock: TransferClock {
        let store = store
        let heartbeat = heartbeat
        return TransferClock(
            now: { store.state.withLock { $0.now } },
            elapsed: { .seconds(store.state.withLock { $0.now }) },
            sleep: { duration in
                if duration == .seconds(20) { return try await heartbeat() }
                try Task.checkCancellation()
                store.state.withLock { $0.now += duration.components.seconds }
                await Task.yield()
            })
    }

    func copy() async -> TaskRecord { await engine.copy(task) }

    /// Cuts a transfer off when some parts are copied; its worker may still be there.
    func cutOff(afterParts count: Int) async {
        let copied = Locked(0)
        store.onRequest { operation, _, _ in
            guard operation == "UploadPartCopy" else { return nil }
            let number = copied.withLock { copied in
                copied += 1
                return copied
            }
            return number > count
                ? .fails(AWSError(.cancelled, operation: operation, subject: "s3://b/k", attempts: 1)) : nil
        }
        _ = await copy()
        store.onRequest(nil)
    }

    /// Whether the destination is the source, byte for byte.
    var isCopied: Bool {
        guard let made = store.object(destination), let original = store.object(source) else { return false }
        return FakeStore.merged(made.content) == FakeStore.merged(original.content)
    }

    /// What a listing says of an object.
    func listed(_ reference: ObjectReference) -> ListedObject {
        let object = store.object(reference)
        var listed = ListedObject(key: reference.key, size: object?.size ?? -1)
        listed.eTag = object?.eTag
        listed.lastModified = object?.lastModified
        listed.storageClass = object?.properties.storageClass
        return listed
    }

    var uploadsLeft: Int { store.state.withLock { $0.uploads.count } }
    var copiedParts: [Int] { store.state.withLock { $0.copiedParts } }
}
