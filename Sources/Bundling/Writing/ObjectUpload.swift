internal import AWSCore
internal import Checksums
internal import HTTPTransport
internal import Jobs
internal import S3

/// Stores an object whose bytes come one after the other: nobody sees it before it is completed.
///
/// What is smaller than a part becomes one PutObject, all else a multipart upload. S3 compares the MD5 of everything
/// that is sent. Memory: a part, and what `PartUploads` has under way.
final class ObjectUpload {
    let object: ObjectReference
    private(set) var size: Int64 = 0
    private let store: any BundleStore
    private let headers: DestinationHeaders
    private let uploads: PartUploads?
    private var buffer: [UInt8] = []
    private var crc = CRC(.crc64NVME)
    private var uploadId: String?
    private var isMultipart = false
    private var digests: [[UInt8]] = []
    private var partCount = 0
    private var parts: [CompletedPart] = []

    /// Prepares an upload.
    ///
    /// - Parameters:
    ///   - object: Where to.
    ///   - headers: What is said of the object.
    ///   - store: S3.
    ///   - uploads: Sends parts while more bytes come; without it they are sent as they are filled.
    init(
        _ object: ObjectReference, as headers: DestinationHeaders, _ store: any BundleStore,
        uploads: PartUploads? = nil
    ) {
        self.object = object
        self.headers = headers
        self.store = store
        self.uploads = uploads
    }

    /// The upload that is to be aborted when the object is given up.
    var pending: AbortMultipartUploadRequest? {
        uploadId.map { id in
            var request = AbortMultipartUploadRequest(object, uploadId: id)
            request.requesterPays = headers.requesterPays
            return request
        }
    }

    /// Adds bytes.
    func append(_ bytes: [UInt8]) async throws {
        size += Int64(bytes.count)
        crc.update(bytes)
        var rest = bytes[...]
        while !rest.isEmpty {
            let partSize = PartSize.ofPart(partCount + 1)
            // A full part is sent when more comes: what fits into one is no multipart upload.
            if buffer.count == partSize {
                let part = buffer
                buffer = []
                try await send(part)
            }
            let taken = rest.prefix(partSize - buffer.count)
            // Growing by doubling would leave half of it empty.
            if !buffer.isEmpty, buffer.capacity < buffer.count + taken.count { buffer.reserveCapacity(partSize) }
            buffer += taken
            rest = rest.dropFirst(taken.count)
        }
    }

    /// Makes the object of what was added.
    ///
    /// - Throws: `AWSError`, with the code `PreconditionFailed` where something stands there already.
    func complete(_ condition: WriteCondition) async throws {
        guard let uploadId else {
            var request = PutObjectRequest(object, body: .bytes(buffer))
            request.destination = headers
            request.condition = condition
            digests = MD5.digest(buffer).map { [$0] } ?? []
            request.contentMD5 = digests.first?.base64
            _ = try await store.putObject(request)
            return
        }
        try await send(buffer)
        buffer = []
        if let uploads { parts = try await uploads.finish() }
        var request = CompleteMultipartUploadRequest(destination: object, uploadId: uploadId, parts: parts)
        request.objectSize = size
        request.condition = condition
        request.requesterPays = headers.requesterPays
        _ = try await store.completeMultipartUpload(request)
        self.uploadId = nil
    }

    /// Whether an object is what was sent; `nil` where what S3 says of it does not tell.
    func matches(_ head: HeadObjectOutput) -> Bool? {
        guard head.contentLength == size else { return false }
        if (head.properties.serverSideEncryption ?? "AES256") == "AES256", ObjectProof.isDigest(eTag: head.eTag),
            let expected
        {
            return head.eTag.lowercased() == expected
        }
        if let checksum = head.checksum, checksum.algorithm == "CRC64NVME", checksum.type != "COMPOSITE" {
            return checksum.value == crc.base64
        }
        return nil
    }

    /// The ETag of these bytes in these parts.
    private var expected: String? {
        guard isMultipart else { return digests.first?.hexadecimal }
        guard digests.count == partCount else { return nil }
        return MD5.digest(digests.flatMap(\.self)).map { "\($0.hexadecimal)-\(digests.count)" }
    }

    private func send(_ part: [UInt8]) async throws {
        let number = partCount + 1
        guard number <= PartSize.mostParts else {
            throw BundleFailure(
                "UploadPart", "the archive is larger than \(size) bytes",
                advice: "split the manifest, as with s3haul group")
        }
        let digest = MD5.digest(part)
        if let digest { digests.append(digest) }
        partCount = number
        let id = try await begun()
        var request = UploadPartRequest(destination: object, uploadId: id, partNumber: number, body: .bytes(part))
        request.contentMD5 = digest?.base64
        request.requesterPays = headers.requesterPays
        if let uploads {
            try await uploads.submit { [store, request] in try await store.completed(request) }
        } else {
            parts.append(try await store.completed(request))
        }
    }

    private func begun() async throws -> String {
        if let uploadId { return uploadId }
        var request = CreateMultipartUploadRequest(object)
        request.headers = headers
        let id = try await store.createMultipartUpload(request).uploadId
        uploadId = id
        isMultipart = true
        return id
    }
}

extension BundleStore {
    fileprivate func completed(_ request: UploadPartRequest) async throws -> CompletedPart {
        let output = try await uploadPart(request)
        return CompletedPart(partNumber: request.partNumber, eTag: output.eTag, checksum: output.checksum)
    }
}

/// The sizes of parts: they grow, so that 10,000 of them are enough for 600 GB while 20 GB need little memory.
enum PartSize {
    /// S3's limit on parts (S3 User Guide, Multipart upload limits).
    static let mostParts = 10_000

    /// The size of a part, in bytes; the last may be smaller.
    static func ofPart(_ number: Int) -> Int {
        switch number {
        case ...4_000: 5 << 20
        case ...6_000: 32 << 20
        default: 128 << 20
        }
    }
}

/// Sends the parts of one upload, a few at a time.
final class PartUploads {
    /// How many parts are under way at a time.
    private static let most = 3

    private var group: ThrowingTaskGroup<CompletedPart, any Error>
    private var underWay = 0
    private var parts: [CompletedPart] = []

    init(_ group: ThrowingTaskGroup<CompletedPart, any Error>) { self.group = group }

    /// Starts to send a part; waits where too many are under way.
    func submit(_ send: @escaping @Sendable () async throws -> CompletedPart) async throws {
        while underWay >= Self.most { try await next() }
        group.addTask { try await send() }
        underWay += 1
    }

    /// All parts in order, when they are sent.
    func finish() async throws -> [CompletedPart] {
        while underWay > 0 { try await next() }
        return parts.sorted { $0.partNumber < $1.partNumber }
    }

    private func next() async throws {
        guard let part = try await group.next() else { return }
        underWay -= 1
        parts.append(part)
    }
}
