internal import FoundationEssentials
internal import Jobs
public import S3

/// Dead letters as objects next to the manifest: `MANIFEST.dlq.ATTEMPT.jsonl`.
public struct S3DeadLetters: DeadLetterPlace {
    private let manifest: ObjectReference
    private let store: any BundleStore
    private let now: @Sendable () -> Int64

    /// Makes a place.
    ///
    /// - Parameters:
    ///   - manifest: The manifest, or what shall stand before `.dlq.…` in the objects' names.
    ///   - store: S3.
    ///   - now: Seconds since 1970.
    public init(nextTo manifest: ObjectReference, _ store: any BundleStore, now: @escaping @Sendable () -> Int64) {
        self.manifest = manifest
        self.store = store
        self.now = now
    }

    /// Begins an object that nobody has.
    public func open() async throws -> any DeadLetterSink {
        Sink(
            ObjectReference(bucket: manifest.bucket, key: Self.name(after: manifest.key, now: now())), store)
    }

    /// What the dead letters of one attempt are called.
    public static func name(after manifest: String, now: Int64) -> String {
        "\(manifest).dlq.\(AttemptName.new(now: now)).jsonl"
    }

    private final class Sink: DeadLetterSink {
        private let upload: ObjectUpload
        private let store: any BundleStore

        init(_ object: ObjectReference, _ store: any BundleStore) {
            var headers = DestinationHeaders()
            headers.properties.contentType = "application/x-ndjson"
            upload = ObjectUpload(object, as: headers, store)
            self.store = store
        }

        func append(_ line: [UInt8]) async throws { try await upload.append(line) }

        func finish() async throws -> String? {
            guard upload.size > 0 else { return nil }
            try await upload.complete(.none)
            return upload.object.uri
        }

        func discard() async {
            guard let pending = upload.pending else { return }
            await uncancelled { [store] in try? await store.abortMultipartUpload(pending) }
        }
    }
}
