internal import AWSCore
internal import Checksums
internal import HTTPTransport
internal import Jobs
internal import S3

/// An object that is uploaded: by one request where it fits into a part, else part by part.
///
/// Where an object is there already and is not to be replaced, nothing larger than a part is sent: the bytes are compared
/// with it instead. Memory: a part at most, out of the target's budget.
final class NewObject: MemberSink {
    private let object: ObjectReference
    private let headers: DestinationHeaders
    private let tagsAfterwards: [Tag]?
    private let condition: WriteCondition
    private let size: Int64
    private let memory: ByteBudget
    private let s3: S3Client
    private var digest = UploadDigest()
    private var part: [UInt8] = []
    private var taken = 0
    private var upload: String?
    private var parts: [CompletedPart] = []
    private var standing: HeadObjectOutput?

    /// Prepares an object of a known size: more bytes than that are refused.
    init(
        _ object: ObjectReference, size: Int64, headers: DestinationHeaders, replaces: Bool, memory: ByteBudget,
        _ s3: S3Client
    ) {
        self.object = object
        self.size = size
        var headers = headers
        tagsAfterwards = headers.tags.flatMap { headers.setTags($0) }
        self.headers = headers
        self.memory = memory
        self.s3 = s3
        condition = replaces ? .none : .absent
    }

    /// The largest object that is uploaded: as much as 10,000 parts hold (S3 User Guide, "Multipart upload limits").
    static let sizeLimit: Int64 = (1...10_000).reduce(0) { $0 + Int64(UploadDigest.partSize($1)) }

    func write(_ bytes: ArraySlice<UInt8>) async throws {
        guard digest.size + Int64(bytes.count) <= size else {
            throw ExtractionError("\(object): more bytes than the \(size) that were to come", .damaged)
        }
        var rest = bytes
        while !rest.isEmpty, standing == nil {
            let partSize = UploadDigest.partSize(parts.count + 1)
            if part.count == partSize {
                try await sendPart()
                continue
            }
            if part.isEmpty { await begin(partSize) }
            let piece = rest.prefix(partSize - part.count)
            part += piece
            rest = rest.dropFirst(piece.count)
        }
        digest.update(bytes)
    }

    func commit() async throws -> Bool {
        let known = digest.finish()
        if let standing {
            try await requireSame(known, standing)
            return false
        }
        let version: String?
        do throws(AWSError) {
            version = try await store()
            await release()
        } catch {
            // The reply may be to our own request, which was answered once before and lost.
            let mayStand = [404, 409, 412].contains(error.status)
            guard mayStand, condition == .absent, let found = try await existing() else {
                throw ExtractionError(error, of: object.uri)
            }
            try await requireSame(known, found)
            await discard()
            return false
        }
        if let tagsAfterwards { try await setTags(tagsAfterwards, version) }
        return true
    }

    func discard() async {
        await release()
        guard let upload else { return }
        self.upload = nil
        // In a task of its own, since this one may be cancelled.
        let abort = Task { [s3, object] in
            try? await s3.abortMultipartUpload(AbortMultipartUploadRequest(object, uploadId: upload))
        }
        await abort.value
    }

    // MARK: - Sending

    private func begin(_ partSize: Int) async {
        let expected = Int(min(Int64(partSize), size - Int64(parts.count) * Int64(UploadDigest.partSize(1))))
        taken = await memory.take(max(expected, 1))
        // Growing by doubling would leave half of it empty.
        part.reserveCapacity(taken)
    }

    private func release() async {
        part = []
        await memory.give(taken)
        taken = 0
    }

    /// Sends the part that is full; unless, before the first, an object is found to be there that is not to be replaced.
    private func sendPart() async throws {
        if upload == nil, condition == .absent, let found = try await existing() {
            guard found.contentLength == size else { throw isTaken() }
            standing = found
        } else {
            try await uploadPart()
        }
        await release()
    }

    /// Makes the object.
    ///
    /// - Returns: Its version, in a bucket that has any.
    private func store() async throws(AWSError) -> String? {
        guard let upload else {
            var request = PutObjectRequest(object, body: .bytes(part))
            request.destination = headers
            request.condition = condition
            request.contentMD5 = MD5.digest(part)?.base64
            return try await s3.putObject(request).versionId
        }
        try await uploadPart()
        var request = CompleteMultipartUploadRequest(destination: object, uploadId: upload, parts: parts)
        request.condition = condition
        return try await s3.completeMultipartUpload(request).versionId
    }

    private func setTags(_ tags: [Tag], _ version: String?) async throws(ExtractionError) {
        var place = object
        place.versionId = version
        do {
            try await s3.putObjectTagging(PutObjectTaggingRequest(place, tags: tags))
        } catch {
            throw ExtractionError(error, of: object.uri)
        }
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
    }

    // MARK: - What is there already

    /// What stands at the address; nil for nothing, or where S3 does not say.
    private func existing() async throws -> HeadObjectOutput? {
        do throws(AWSError) {
            return try await s3.headObject(HeadObjectRequest(object))
        } catch {
            // Of what is not there S3 says 403 to those who may not list.
            guard [403, 404].contains(error.status) else { throw ExtractionError(error, of: object.uri) }
            return nil
        }
    }

    /// - Throws: ``ExtractionError`` where the object that is there is another; it is read where nothing else tells.
    private func requireSame(_ known: UploadDigest.Known, _ found: HeadObjectOutput) async throws {
        var isSame = known.matches(found)
        if isSame == nil, !Restoration.isArchived(found), let stored = try await StoredBytes(object, s3) {
            var digest = UploadDigest()
            let reader = try await stored.reader()
            while let chunk = try await reader.next() { digest.update(chunk[...]) }
            isSame = digest.finish() == known
        }
        guard isSame == true else { throw isTaken() }
        // Who stored it may have been killed before it had its tags.
        guard let tagsAfterwards, try await s3.getObjectTagging(ObjectTaggingRequest(object)).isEmpty else { return }
        try await setTags(tagsAfterwards, nil)
    }

    private func isTaken() -> ExtractionError {
        ExtractionError("\(object) is there already, with other bytes; --overwrite replaces it", .refused)
    }
}
