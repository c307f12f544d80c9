import AWSCore
import HTTPTransport
import S3

/// Stores bytes that come chunk by chunk as one object: by one request where they are few, in parts where they are
/// many. It holds one part.
struct ChunkedUpload {
    let object: ObjectReference
    let headers: DestinationHeaders
    let condition: WriteCondition
    let s3: S3Client

    /// The size of the first thousand parts; those of each thousand after are twice as large, so that 10,000 parts are
    /// more than any object can have.
    private static let partSize = 8 << 20

    /// Stores all that `next` gives.
    ///
    /// - Returns: The object's ETag.
    @discardableResult
    func store(_ next: () async throws -> [UInt8]?) async throws -> String {
        var pending: [UInt8] = []
        guard try await fill(&pending, to: Self.partSize, next) else {
            var request = PutObjectRequest(object, body: .bytes(pending))
            request.destination = headers
            request.condition = condition
            return try await s3.putObject(request).eTag
        }
        var creation = CreateMultipartUploadRequest(object)
        creation.headers = headers
        let upload = try await s3.createMultipartUpload(creation).uploadId
        do {
            return try await storeParts(of: upload, &pending, next)
        } catch {
            // On a task of its own, since this one may be cancelled; the parts would be paid for otherwise.
            let (s3, object) = (s3, object)
            await Task { try? await s3.abortMultipartUpload(.init(object, uploadId: upload)) }.value
            throw error
        }
    }

    private func storeParts(
        of upload: String, _ pending: inout [UInt8], _ next: () async throws -> [UInt8]?
    ) async throws -> String {
        var parts: [CompletedPart] = []
        var isMore = true
        while !pending.isEmpty {
            let number = parts.count + 1
            let partSize = Self.partSize << (parts.count / 1_000)
            if isMore { isMore = try await fill(&pending, to: partSize, next) }
            let part = Array(pending.prefix(partSize))
            pending.removeFirst(part.count)
            let request = UploadPartRequest(
                destination: object, uploadId: upload, partNumber: number, body: .bytes(part))
            parts.append(CompletedPart(partNumber: number, eTag: try await s3.uploadPart(request).eTag))
        }
        var completion = CompleteMultipartUploadRequest(destination: object, uploadId: upload, parts: parts)
        completion.condition = condition
        return try await s3.completeMultipartUpload(completion).eTag
    }

    /// Fills a buffer; says whether there may be more.
    private func fill(
        _ buffer: inout [UInt8], to size: Int, _ next: () async throws -> [UInt8]?
    ) async throws -> Bool {
        while buffer.count < size {
            guard let chunk = try await next() else { return false }
            buffer += chunk
        }
        return true
    }
}
