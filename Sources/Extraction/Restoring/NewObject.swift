internal import AWSCore
internal import Checksums
internal import HTTPTransport
internal import S3

/// An object that is uploaded: by one request where it fits into a part, else part by part.
final class NewObject: MemberSink {
    private let object: ObjectReference
    private let headers: DestinationHeaders
    private let condition: WriteCondition
    private let s3: S3Client
    private var part: [UInt8] = []
    private var upload: String?
    private var parts: [CompletedPart] = []

    init(_ object: ObjectReference, headers: DestinationHeaders, replaces: Bool, _ s3: S3Client) {
        self.object = object
        self.headers = headers
        self.s3 = s3
        condition = replaces ? .none : .absent
    }

    /// The size of a part: 16 MiB, and from each thousandth on twice as much, up to 128 MiB.
    ///
    /// By its number and not by the member's size, which an archive can say anything about.
    static func partSize(_ number: Int) -> Int { (16 << 20) << min(3, (number - 1) / 1_000) }

    /// The largest object that is uploaded: as much as 10,000 parts hold (S3 User Guide, "Multipart upload limits").
    static let sizeLimit: Int64 = (1...10_000).reduce(0) { $0 + Int64(partSize($1)) }

    func write(_ bytes: ArraySlice<UInt8>) async throws {
        var rest = bytes
        while !rest.isEmpty {
            let partSize = Self.partSize(parts.count + 1)
            if part.count == partSize { try await uploadPart() }
            let taken = rest.prefix(partSize - part.count)
            part += taken
            rest = rest.dropFirst(taken.count)
        }
    }

    func commit() async throws -> Bool {
        do throws(AWSError) {
            try await store()
            return true
        } catch {
            // The reply may be to our own request, which was answered once before and lost.
            guard error.status == 412, upload == nil, await isThereAlready() else {
                guard error.status == 412 else { throw ExtractionError(error, of: object.uri) }
                throw ExtractionError("\(object) is there already; --overwrite replaces it", .refused)
            }
            return false
        }
    }

    func discard() async {
        guard let upload else { return }
        // In a task of its own, since this one may be cancelled.
        let abort = Task { [s3, object] in
            try? await s3.abortMultipartUpload(AbortMultipartUploadRequest(object, uploadId: upload))
        }
        await abort.value
    }

    private func store() async throws(AWSError) {
        guard let upload else {
            var request = PutObjectRequest(object, body: .bytes(part))
            request.destination = headers
            request.condition = condition
            request.contentMD5 = MD5.digest(part)?.base64
            _ = try await s3.putObject(request)
            return
        }
        try await uploadPart()
        var request = CompleteMultipartUploadRequest(destination: object, uploadId: upload, parts: parts)
        request.condition = condition
        _ = try await s3.completeMultipartUpload(request)
    }

    private func uploadPart() async throws(AWSError) {
        if upload == nil {
            var request = CreateMultipartUploadRequest(object)
            request.headers = headers
            upload = try await s3.createMultipartUpload(request).uploadId
        }
        guard let upload else { return }
        let number = parts.count + 1
        var request = UploadPartRequest(
            destination: object, uploadId: upload, partNumber: number, body: .bytes(part))
        request.contentMD5 = MD5.digest(part)?.base64
        let stored = try await s3.uploadPart(request)
        parts.append(CompletedPart(partNumber: number, eTag: stored.eTag, checksum: stored.checksum))
        part.removeAll(keepingCapacity: true)
    }

    /// Whether the object that is there has these bytes, by its ETag.
    private func isThereAlready() async -> Bool {
        guard let head = try? await s3.headObject(HeadObjectRequest(object)), let digest = MD5.digest(part) else {
            return false
        }
        return head.contentLength == Int64(part.count) && head.eTag == digest.hexadecimal
    }
}
