import AWSCore
import Bundling
import Checksums
import HTTPTransport
import S3

/// An S3 in memory with what bundles need of it.
final class FakeStore: BundleStore {
    struct Object: Sendable {
        var bytes: [UInt8]
        var head: HeadObjectOutput
        var tags: [Tag] = []
        var grants: [Grant] = []
    }

    struct Upload: Sendable {
        var object: ObjectReference
        var headers: DestinationHeaders
        var parts: [Int: [UInt8]] = [:]
    }

    /// What happens to a request.
    enum Fate: Sendable {
        /// It is refused.
        case fails(AWSError)
        /// It is carried out, and its reply is lost.
        case loses
    }

    struct State: Sendable {
        var objects: [ObjectReference: Object] = [:]
        var uploads: [String: Upload] = [:]
        var log: [String] = []
        var nextId = 1
        /// Whether DeleteObjects looks at ETags.
        var looksAtETags = true
        /// Changes what DeleteObjects answers.
        var onDeleted: (@Sendable (inout DeleteObjectsOutput) -> Void)?
        /// Says what becomes of a request, by its operation and key; it may change the state.
        var fate: (@Sendable (String, String, inout State) -> Fate?)?
    }

    let state = Locked(State())

    // MARK: - For tests

    func put(
        _ key: String, _ bytes: [UInt8], bucket: String = "source", change: (inout Object) -> Void = { _ in }
    ) {
        var object = Object(bytes: bytes, head: Self.head(of: bytes))
        change(&object)
        state.withLock { $0.objects[ObjectReference(bucket: bucket, key: key)] = object }
    }

    /// The keys of a bucket, but for the numbers that archives have taken.
    func keys(_ bucket: String) -> [String] {
        state.withLock { state in
            state.objects.keys.filter { $0.bucket == bucket && !$0.key.contains(".numbers/") }.map(\.key).sorted()
        }
    }

    func object(_ key: String, bucket: String) -> Object? {
        state.withLock { $0.objects[ObjectReference(bucket: bucket, key: key)] }
    }

    func count(_ operation: String) -> Int { state.withLock { $0.log.count { $0.hasPrefix("\(operation) ") } } }

    func onRequest(_ fate: (@Sendable (String, String, inout State) -> Fate?)?) { state.withLock { $0.fate = fate } }

    static func error(_ code: String, _ status: Int, _ operation: String = "GetObject") -> AWSError {
        AWSError(.service(.init(status: status, code: code)), operation: operation, subject: "s3://b/k", attempts: 1)
    }

    static func object(of bytes: [UInt8]) -> Object { Object(bytes: bytes, head: head(of: bytes)) }

    static func head(of bytes: [UInt8], eTag: String? = nil) -> HeadObjectOutput {
        var head = HeadObjectOutput(
            contentLength: Int64(bytes.count), eTag: eTag ?? MD5.digest(bytes)?.hexadecimal ?? "")
        head.lastModified = "Sat, 21 Nov 2026 05:32:01 GMT"
        return head
    }

    private func perform<Output>(
        _ operation: String, _ object: ObjectReference,
        _ body: (inout State) throws(AWSError) -> Output
    ) throws(AWSError) -> Output {
        let result: Result<Output, AWSError> = state.withLock { state in
            state.log.append("\(operation) \(object.key)")
            let fate = state.fate?(operation, object.key, &state)
            if case .fails(let error) = fate { return .failure(error) }
            do throws(AWSError) {
                let output = try body(&state)
                if case .loses = fate { return .failure(Self.lost(operation)) }
                return .success(output)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func lost(_ operation: String) -> AWSError {
        AWSError(
            .transport(.init(.receive, "connection reset", mayHaveBeenSent: true)), operation: operation,
            subject: "s3://b/k", attempts: 1)
    }

    // MARK: - Operations

    func headObject(_ request: HeadObjectRequest) async throws(AWSError) -> HeadObjectOutput {
        try perform("HeadObject", request.object) { state throws(AWSError) in
            guard let found = state.objects[request.object.plain] else { throw Self.error("NotFound", 404) }
            return found.head
        }
    }

    func getObject(
        _ request: GetObjectRequest, collectingUpTo limit: Int
    ) async throws(AWSError) -> CollectedObject {
        try perform("GetObject", request.object) { state throws(AWSError) in
            guard let found = state.objects[request.object.plain] else { throw Self.error("NoSuchKey", 404) }
            if let eTag = request.ifMatch, eTag != found.head.eTag { throw Self.error("PreconditionFailed", 412) }
            var bytes = found.bytes
            if let range = request.range { bytes = Array(bytes[Int(range.lowerBound)...Int(range.upperBound)]) }
            guard bytes.count <= limit else {
                throw AWSError(
                    .transport(.init(.limit, "too large", mayHaveBeenSent: true)), operation: "GetObject",
                    subject: "s3://b/k", attempts: 1)
            }
            var head = found.head
            head.contentLength = Int64(bytes.count)
            return CollectedObject(head: head, bytes: bytes)
        }
    }

    func getObjectTagging(_ request: ObjectTaggingRequest) async throws(AWSError) -> [Tag] {
        try perform("GetObjectTagging", request.object) { $0.objects[request.object.plain]?.tags ?? [] }
    }

    func getObjectAcl(_ request: GetObjectAclRequest) async throws(AWSError) -> AccessControlPolicy {
        try perform("GetObjectAcl", request.object) {
            AccessControlPolicy(ownerId: "owner", grants: $0.objects[request.object.plain]?.grants ?? [])
        }
    }

    func putObject(_ request: PutObjectRequest) async throws(AWSError) -> PutObjectOutput {
        try perform("PutObject", request.object) { state throws(AWSError) in
            guard case .bytes(let bytes) = request.body else { throw Self.error("NotImplemented", 501) }
            let eTag = try state.store(
                bytes, at: request.object, request.destination, request.condition, eTag: Self.head(of: bytes).eTag)
            return PutObjectOutput(eTag: eTag)
        }
    }

    func createMultipartUpload(
        _ request: CreateMultipartUploadRequest
    ) async throws(AWSError) -> CreateMultipartUploadOutput {
        try perform("CreateMultipartUpload", request.object) { state in
            let id = "upload-\(state.nextId)"
            state.nextId += 1
            state.uploads[id] = Upload(object: request.object, headers: request.headers)
            return CreateMultipartUploadOutput(uploadId: id)
        }
    }

    func uploadPart(_ request: UploadPartRequest) async throws(AWSError) -> UploadPartOutput {
        try perform("UploadPart", request.destination) { state throws(AWSError) in
            guard case .bytes(let bytes) = request.body, state.uploads[request.uploadId] != nil else {
                throw Self.error("NoSuchUpload", 404)
            }
            state.uploads[request.uploadId]?.parts[request.partNumber] = bytes
            return UploadPartOutput(eTag: Self.head(of: bytes).eTag)
        }
    }

    func completeMultipartUpload(
        _ request: CompleteMultipartUploadRequest
    ) async throws(AWSError) -> CompleteMultipartUploadOutput {
        try perform("CompleteMultipartUpload", request.destination) { state throws(AWSError) in
            guard let upload = state.uploads[request.uploadId] else { throw Self.error("NoSuchUpload", 404) }
            let parts = request.parts.compactMap { upload.parts[$0.partNumber] }
            let digest = MD5.digest(parts.flatMap { MD5.digest($0) ?? [] })?.hexadecimal ?? ""
            let eTag = try state.store(
                parts.flatMap(\.self), at: request.destination, upload.headers, request.condition,
                eTag: "\(digest)-\(parts.count)")
            state.uploads[request.uploadId] = nil
            return CompleteMultipartUploadOutput(eTag: eTag)
        }
    }

    func abortMultipartUpload(_ request: AbortMultipartUploadRequest) async throws(AWSError) {
        try perform("AbortMultipartUpload", request.object) { $0.uploads[request.uploadId] = nil }
    }

    func pendingUploads(
        under object: ObjectReference, where isWanted: @Sendable (ObjectReference) -> Bool
    ) async throws(AWSError) -> [AbortMultipartUploadRequest] {
        try perform("ListMultipartUploads", object) { state in
            state.uploads.filter {
                $0.value.object.bucket == object.bucket && $0.value.object.key.hasPrefix(object.key)
                    && isWanted($0.value.object)
            }.map { AbortMultipartUploadRequest($0.value.object, uploadId: $0.key) }
        }
    }

    func listObjects(below prefix: ObjectPrefix) async throws(AWSError) -> [ListedObject] {
        try perform("ListObjectsV2", ObjectReference(bucket: prefix.bucket, key: prefix.prefix)) { state in
            state.objects.filter { $0.key.bucket == prefix.bucket && $0.key.key.hasPrefix(prefix.prefix) }
                .map { ListedObject(key: $0.key.key, size: Int64($0.value.bytes.count)) }
        }
    }

    func deleteObjects(_ request: DeleteObjectsRequest) async throws(AWSError) -> DeleteObjectsOutput {
        let place = ObjectReference(bucket: request.bucket, key: "")
        return try perform("DeleteObjects", place) { state in
            var output = DeleteObjectsOutput()
            for identifier in request.objects {
                let object = ObjectReference(bucket: request.bucket, key: identifier.key)
                let found = state.objects[object]?.head.eTag
                if state.looksAtETags, let eTag = identifier.eTag, let found, found != eTag {
                    output.failed.append(
                        .init(key: identifier.key, versionId: nil, code: "PreconditionFailed", message: ""))
                } else {
                    state.objects[object] = nil
                    if !request.isQuiet {
                        output.deleted.append(.init(key: identifier.key, versionId: identifier.versionId))
                    }
                }
            }
            state.onDeleted?(&output)
            return output
        }
    }

    func deleteObject(_ request: DeleteObjectRequest) async throws(AWSError) -> DeleteObjectOutput {
        try perform("DeleteObject", request.object) { state throws(AWSError) in
            if let eTag = request.ifMatch, let found = state.objects[request.object.plain], found.head.eTag != eTag {
                throw Self.error("PreconditionFailed", 412)
            }
            state.objects[request.object.plain] = nil
            return DeleteObjectOutput()
        }
    }
}

extension ObjectReference {
    /// Objects here have no versions.
    var plain: ObjectReference { ObjectReference(bucket: bucket, key: key) }
}

extension FakeStore.State {
    mutating func store(
        _ bytes: [UInt8], at object: ObjectReference, _ headers: DestinationHeaders, _ condition: WriteCondition,
        eTag: String
    ) throws(AWSError) -> String {
        if condition == .absent, objects[object.plain] != nil { throw FakeStore.error("PreconditionFailed", 412) }
        if case .matches(let eTag) = condition, objects[object.plain]?.head.eTag != eTag {
            throw FakeStore.error("PreconditionFailed", 412)
        }
        var head = FakeStore.head(of: bytes, eTag: eTag)
        head.properties = headers.properties
        objects[object.plain] = FakeStore.Object(bytes: bytes, head: head, tags: headers.tags ?? [])
        return eTag
    }
}
