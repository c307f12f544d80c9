internal import AWSCore
internal import Jobs
public import S3

/// Dead letters as objects next to the manifest: `MANIFEST.dlq.ATTEMPT.jsonl`.
public struct S3DeadLetters: DeadLetterPlace {
    private let manifest: ObjectReference
    private let store: any BundleStore

    private static let pieceSize: Int64 = 4 << 20

    /// Makes a place.
    ///
    /// - Parameters:
    ///   - manifest: The manifest, or what shall stand before `.dlq.…` in the objects' names.
    ///   - store: S3.
    public init(nextTo manifest: ObjectReference, _ store: any BundleStore) {
        self.manifest = manifest
        self.store = store
    }

    /// Begins the object of an attempt.
    public func open(attempt: String) async throws -> any DeadLetterSink {
        Sink(object(of: attempt), nextTo: manifest, store)
    }

    /// Counts what an attempt left.
    public func left(by attempt: String) async throws -> LeftLetters? {
        let object = object(of: attempt)
        guard let found = try await found(object) else { return nil }
        var letters = LeftLetters(place: object.uri)
        var offset: Int64 = 0
        while offset < found.contentLength {
            var request = GetObjectRequest(object)
            request.range = offset...(min(offset + Self.pieceSize, found.contentLength) - 1)
            request.ifMatch = found.eTag
            let piece = try await store.whole(request, collectingUpTo: Int(Self.pieceSize)).bytes
            letters.add(piece)
            offset += Self.pieceSize
        }
        return letters
    }

    private func found(_ object: ObjectReference) async throws(AWSError) -> HeadObjectOutput? {
        do {
            return try await store.existing(object)
        } catch {
            // S3 says so of what is not there to those who may not list the bucket.
            guard error.status == 403 else { throw error }
            return nil
        }
    }

    private func object(of attempt: String) -> ObjectReference {
        ObjectReference(bucket: manifest.bucket, key: Self.name(after: manifest.key, attempt: attempt))
    }

    /// What the dead letters of one attempt are called.
    public static func name(after manifest: String, attempt: String) -> String { "\(manifest).dlq.\(attempt).jsonl" }

    private final class Sink: DeadLetterSink {
        private let upload: ObjectUpload
        private let store: any BundleStore
        private let manifest: ObjectReference

        init(_ object: ObjectReference, nextTo manifest: ObjectReference, _ store: any BundleStore) {
            self.manifest = manifest
            var headers = DestinationHeaders()
            headers.properties.contentType = "application/x-ndjson"
            upload = ObjectUpload(object, as: headers, store)
            self.store = store
        }

        func append(_ line: [UInt8]) async throws { try await upload.append(line) }

        func finish() async throws -> String? {
            if upload.size > 0 { try await upload.complete(.none) }
            let others = ObjectReference(bucket: manifest.bucket, key: "\(manifest.key).dlq.")
            await store.abortUploads(under: others) { AttemptName.isIn($0.key, after: others.key) }
            guard upload.size > 0 else { return nil }
            return upload.object.uri
        }

        func discard() async {
            guard let pending = upload.pending else { return }
            await uncancelled { [store] in try? await store.abortMultipartUpload(pending) }
        }
    }
}
