import AWSCore
import Checksums
import HTTPTransport
import Jobs
import S3
import Transfer

/// An S3 in memory that keeps of objects what transfers are about, with contents that take no room.
final class FakeStore: ObjectStore {
    /// Bytes, as which bytes of what they are.
    struct Segment: Hashable, Sendable {
        var origin: String
        var range: Range<Int64>
    }

    struct Object: Sendable {
        var content: [Segment]
        var eTag: String
        var lastModified: Int64
        var properties = ObjectProperties()
        var tags: [Tag] = []
        var acl: String?
        var grants: [String: String] = [:]
        var checksum: ObjectChecksum?
        var partSizes: [Int64] = []
        var versionId: String?
        var missingMetadata: Int?

        var size: Int64 { content.reduce(0) { $0 + Int64($1.range.count) } }
    }

    struct Upload: Sendable {
        var object: ObjectReference
        var headers: DestinationHeaders
        var initiated: Int64
        var initiator = "me"
        var parts: [Int: (eTag: String, content: [Segment])] = [:]
    }

    /// What happens to a request.
    enum Fate: Sendable {
        /// It is refused.
        case fails(AWSError)
        /// It is carried out, and its reply is lost.
        case loses(AWSError)
    }

    struct State: Sendable {
        var objects: [ObjectReference: Object] = [:]
        var uploads: [String: Upload] = [:]
        var log: [String] = []
        var copiedParts: [Int] = []
        var nextId = 1
        var now: Int64 = 1_000_000
        /// Whether HeadObject says how many tags an object has, as S3 does to those who may read them.
        var tellsTagCount = true
        var aclsRead: [ObjectReference] = []
        /// Says what becomes of a request, by its operation and how many there were before it; it may change the state.
        var fate: (@Sendable (String, Int, inout State) -> Fate?)?
    }

    let state = Locked(State())

    // MARK: - For tests

    func put(_ reference: ObjectReference, size: Int64, parts: [Int64] = [], change: (inout Object) -> Void = { _ in })
    {
        let content = [Segment(origin: "\(reference)#\(state.withLock { $0.nextId })", range: 0..<size)]
        var object = Object(content: content, eTag: Self.md5(content), lastModified: state.withLock { $0.now })
        if !parts.isEmpty {
            object.partSizes = parts
            object.eTag = Self.composite(Self.split(content, parts).map(Self.md5))
        }
        change(&object)
        state.withLock {
            $0.nextId += 1
            $0.objects[reference] = object
        }
    }

    func object(_ reference: ObjectReference) -> Object? { state.withLock { $0.objects[reference] } }

    func onRequest(_ fate: (@Sendable (String, Int, inout State) -> Fate?)?) { state.withLock { $0.fate = fate } }

    var log: [String] { state.withLock { $0.log } }

    static func error(_ code: String, status: Int, _ operation: String) -> AWSError {
        AWSError(.service(.init(status: status, code: code)), operation: operation, subject: "s3://b/k", attempts: 1)
    }

    static func lost(_ operation: String) -> AWSError {
        AWSError(
            .transport(.init(.receive, "connection reset", mayHaveBeenSent: true)), operation: operation,
            subject: "s3://b/k", attempts: 1)
    }

    // MARK: - Operations

    private func perform<Value: Sendable>(
        _ operation: String, _ body: (inout State) throws(AWSError) -> Value
    ) async throws(AWSError) -> Value {
        if Task.isCancelled {
            throw AWSError(.cancelled, operation: operation, subject: "s3://b/k", attempts: 0)
        }
        let outcome: Result<Value, AWSError> = state.withLock { state in
            state.log.append(operation)
            let fate = state.fate?(operation, state.log.count - 1, &state)
            if case .fails(let error) = fate { return .failure(error) }
            do throws(AWSError) {
                let value = try body(&state)
                if case .loses(let error) = fate { return .failure(error) }
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        await Task.yield()
        return try outcome.get()
    }

    func head(_ request: HeadObjectRequest) async throws(AWSError) -> HeadObjectOutput {
        try await perform(request.partNumber == nil ? "HeadObject" : "HeadObject(part)") { state throws(AWSError) in
            let object = try state.find(request.object, "HeadObject")
            var size = object.size
            if let part = request.partNumber, object.partSizes.count >= part { size = object.partSizes[part - 1] }
            var head = HeadObjectOutput(contentLength: size, eTag: object.eTag, properties: object.properties)
            head.lastModified = HTTPDate.text(object.lastModified)
            head.versionId = object.versionId
            head.checksum = object.checksum
            head.tagCount = object.tags.isEmpty || !state.tellsTagCount ? nil : object.tags.count
            head.missingMetadata = object.missingMetadata
            if request.partNumber != nil { head.partsCount = max(object.partSizes.count, 1) }
            return head
        }
    }

    func tags(of object: ObjectReference, payer: Payer) async throws(AWSError) -> [Tag] {
        try await perform("GetObjectTagging") { state throws(AWSError) in
            try state.find(object, "GetObjectTagging").tags
        }
    }

    func setTags(_ tags: [Tag], of object: ObjectReference, payer: Payer) async throws(AWSError) {
        try await perform("PutObjectTagging") { state throws(AWSError) in
            _ = try state.find(object, "PutObjectTagging")
            state.objects[object.withoutVersion]?.tags = tags
        }
    }

    func grants(on object: ObjectReference, payer: Payer) async throws(AWSError) -> [String: String] {
        try await perform("GetObjectAcl") { state throws(AWSError) in
            state.aclsRead.append(object)
            return try state.find(object, "GetObjectAcl").grants
        }
    }

    func copy(_ request: WholeCopy) async throws(AWSError) -> MadeObject {
        try await perform("CopyObject") { state throws(AWSError) in
            let source = try state.find(request.source, "CopyObject")
            try state.require(request.condition, at: request.destination, "CopyObject")
            var headers = request.headers
            if request.copiesMetadata { headers.properties.setContent(of: source.properties) }
            if request.copiesTags { headers.tags = source.tags }
            let made = Object(
                content: source.content, eTag: Self.md5(source.content), lastModified: state.now, headers: headers)
            state.objects[request.destination] = made
            return MadeObject(eTag: made.eTag)
        }
    }

    func createUpload(
        of object: ObjectReference, as headers: DestinationHeaders
    ) async throws(AWSError) -> CreatedUpload {
        try await perform("CreateMultipartUpload") { state throws(AWSError) in
            let id = "upload-\(state.nextId)"
            state.nextId += 1
            state.uploads[id] = Upload(object: object, headers: headers, initiated: state.now)
            return CreatedUpload(id: id, date: state.now)
        }
    }

    func copyPart(_ request: PartCopy) async throws(AWSError) -> CopiedPart {
        try await perform("UploadPartCopy") { state throws(AWSError) in
            let source = try state.find(request.source, "UploadPartCopy")
            _ = try state.upload(request.upload, "UploadPartCopy")
            let range = request.range.map { $0.lowerBound..<($0.upperBound + 1) } ?? 0..<source.size
            let content = Self.slice(source.content, range)
            let part = CopiedPart(number: request.number, eTag: Self.md5(content))
            state.uploads[request.upload.id]?.parts[request.number] = (part.eTag, content)
            state.copiedParts.append(request.number)
            return part
        }
    }

    func complete(_ request: Completion) async throws(AWSError) -> MadeObject {
        try await perform("CompleteMultipartUpload") { state throws(AWSError) in
            let upload = try state.upload(request.upload, "CompleteMultipartUpload")
            try state.require(request.condition, at: upload.object, "CompleteMultipartUpload")
            var content: [Segment] = []
            for part in request.parts {
                guard let stored = upload.parts[part.number], stored.eTag == part.eTag else {
                    throw Self.error("InvalidPart", status: 400, "CompleteMultipartUpload")
                }
                content += stored.content
            }
            var made = Object(
                content: Self.merged(content), eTag: Self.composite(request.parts.map(\.eTag)),
                lastModified: upload.initiated, headers: upload.headers)
            made.partSizes = request.parts.map { part in
                upload.parts[part.number]?.content.reduce(0) { $0 + Int64($1.range.count) } ?? 0
            }
            guard made.size == request.size else {
                throw Self.error("InvalidRequest", status: 400, "CompleteMultipartUpload")
            }
            state.objects[upload.object] = made
            state.uploads[request.upload.id] = nil
            return MadeObject(eTag: made.eTag)
        }
    }

    func abort(_ upload: UploadReference) async throws(AWSError) {
        try await perform("AbortMultipartUpload") { state throws(AWSError) in
            _ = try state.upload(upload, "AbortMultipartUpload")
            state.uploads[upload.id] = nil
        }
    }

    func parts(of upload: UploadReference) async throws(AWSError) -> [UploadedPart] {
        try await perform("ListParts") { state throws(AWSError) in
            try state.upload(upload, "ListParts").parts.sorted { $0.key < $1.key }.map { number, part in
                UploadedPart(
                    CopiedPart(number: number, eTag: part.eTag),
                    size: part.content.reduce(0) { $0 + Int64($1.range.count) })
            }
        }
    }

    func uploads(of object: ObjectReference) async throws(AWSError) -> [PendingUpload] {
        try await perform("ListMultipartUploads") { state throws(AWSError) in
            state.uploads.filter { $0.value.object == object }.map {
                PendingUpload(id: $0.key, initiated: $0.value.initiated, initiator: $0.value.initiator)
            }
        }
    }

    func read(
        _ object: ObjectReference, range: ClosedRange<Int64>, eTag: String, payer: Payer
    ) async throws(AWSError) -> ByteStream {
        let content = try await perform("GetObject") { state throws(AWSError) in
            Self.slice(try state.find(object, "GetObject").content, range.lowerBound..<(range.upperBound + 1))
        }
        let bytes = content.flatMap { segment in
            segment.range.map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int64(segment.origin.utf8.count)) }
        }
        // Chunks of another length for every object, so that those of two never lie side by side.
        let length = 1 + object.key.utf8.count % 97
        let offset = Locked(0)
        return ByteStream { () async throws(AWSError) in
            offset.withLock { offset in
                guard offset < bytes.count else { return nil }
                defer { offset += length }
                return Array(bytes[offset..<min(offset + length, bytes.count)])
            }
        }
    }
}

extension FakeStore.Object {
    init(content: [FakeStore.Segment], eTag: String, lastModified: Int64, headers: DestinationHeaders) {
        self.init(
            content: content, eTag: eTag, lastModified: lastModified, properties: headers.properties,
            tags: headers.tags ?? [], acl: headers.acl, grants: headers.grants)
    }
}

extension FakeStore.State {
    func find(_ reference: ObjectReference, _ operation: String) throws(AWSError) -> FakeStore.Object {
        guard let object = objects[reference] ?? objects[reference.withoutVersion] else {
            throw FakeStore.error("NoSuchKey", status: 404, operation)
        }
        return object
    }

    func find(_ source: CopySource, _ operation: String) throws(AWSError) -> FakeStore.Object {
        let object = try find(source.object, operation)
        guard source.eTag == nil || source.eTag == object.eTag else {
            throw FakeStore.error("PreconditionFailed", status: 412, operation)
        }
        return object
    }

    func upload(_ reference: UploadReference, _ operation: String) throws(AWSError) -> FakeStore.Upload {
        guard let upload = uploads[reference.id] else {
            throw FakeStore.error("NoSuchUpload", status: 404, operation)
        }
        return upload
    }

    func require(_ condition: WriteCondition, at place: ObjectReference, _ operation: String) throws(AWSError) {
        guard condition == .absent, objects[place] != nil else { return }
        throw FakeStore.error("PreconditionFailed", status: 412, operation)
    }
}

extension ObjectReference {
    var withoutVersion: ObjectReference { ObjectReference(bucket: bucket, key: key) }
}

extension ObjectProperties {
    /// What `x-amz-metadata-directive: COPY` takes from the source.
    mutating func setContent(of source: ObjectProperties) {
        contentType = source.contentType
        cacheControl = source.cacheControl
        contentDisposition = source.contentDisposition
        contentEncoding = source.contentEncoding
        contentLanguage = source.contentLanguage
        expires = source.expires
        metadata = source.metadata
    }
}

/// The date of a header field, for the few days that tests use.
enum HTTPDate {
    static func text(_ seconds: Int64) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = seconds / 86_400
        let rest = seconds % 86_400
        return "Mon, \(two(1 + day % 28)) Jan 1970 \(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) GMT"
    }
}
