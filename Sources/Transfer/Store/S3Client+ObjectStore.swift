public import AWSCore
public import S3

extension S3Client: ObjectStore {
    /// HeadObject.
    public func head(_ request: HeadObjectRequest) async throws(AWSError) -> HeadObjectOutput {
        try await headObject(request)
    }

    /// GetObjectTagging.
    public func tags(of object: ObjectReference, payer: Payer) async throws(AWSError) -> [Tag] {
        var request = ObjectTaggingRequest(object)
        request.requesterPays = payer == .requester
        return try await getObjectTagging(request)
    }

    /// PutObjectTagging.
    public func setTags(_ tags: [Tag], of object: ObjectReference, payer: Payer) async throws(AWSError) {
        var request = PutObjectTaggingRequest(object, tags: tags)
        request.requesterPays = payer == .requester
        try await putObjectTagging(request)
    }

    /// GetObjectAcl.
    public func grants(on object: ObjectReference, payer: Payer) async throws(AWSError) -> [String: String] {
        var request = GetObjectAclRequest(object)
        request.requesterPays = payer == .requester
        return try await getObjectAcl(request).grantHeaders
    }

    /// CopyObject.
    public func copy(_ request: WholeCopy) async throws(AWSError) -> MadeObject {
        var copy = CopyObjectRequest(source: request.source, destination: request.destination)
        copy.headers = request.headers
        copy.metadataDirective = request.copiesMetadata ? .copy : .replace
        copy.taggingDirective = request.copiesTags ? .copy : .replace
        copy.condition = request.condition
        let output = try await copyObject(copy)
        return MadeObject(eTag: output.eTag, versionId: output.versionId)
    }

    /// CreateMultipartUpload.
    public func createUpload(
        of object: ObjectReference, as headers: DestinationHeaders
    ) async throws(AWSError) -> CreatedUpload {
        var request = CreateMultipartUploadRequest(object)
        request.headers = headers
        let output = try await createMultipartUpload(request)
        return CreatedUpload(id: output.uploadId, date: output.date)
    }

    /// UploadPartCopy.
    public func copyPart(_ request: PartCopy) async throws(AWSError) -> CopiedPart {
        var copy = UploadPartCopyRequest(
            source: request.source, destination: request.upload.object, uploadId: request.upload.id,
            partNumber: request.number)
        copy.range = request.range
        copy.requesterPays = request.upload.payer == .requester
        let output = try await uploadPartCopy(copy)
        return CopiedPart(number: request.number, eTag: output.eTag, checksum: output.checksum)
    }

    /// CompleteMultipartUpload.
    public func complete(_ request: Completion) async throws(AWSError) -> MadeObject {
        var completion = CompleteMultipartUploadRequest(
            destination: request.upload.object, uploadId: request.upload.id,
            parts: request.parts.map {
                CompletedPart(partNumber: $0.number, eTag: $0.eTag, checksum: $0.checksum)
            })
        completion.objectSize = request.size
        completion.condition = request.condition
        completion.requesterPays = request.upload.payer == .requester
        let output = try await completeMultipartUpload(completion)
        return MadeObject(eTag: output.eTag, versionId: output.versionId)
    }

    /// AbortMultipartUpload.
    public func abort(_ upload: UploadReference) async throws(AWSError) {
        var request = AbortMultipartUploadRequest(upload.object, uploadId: upload.id)
        request.requesterPays = upload.payer == .requester
        try await abortMultipartUpload(request)
    }

    /// ListParts, all pages.
    public func parts(of upload: UploadReference) async throws(AWSError) -> [UploadedPart] {
        var request = ListPartsRequest(upload.object, uploadId: upload.id)
        request.requesterPays = upload.payer == .requester
        var parts: [UploadedPart] = []
        for try await part in listParts(request) {
            parts.append(
                UploadedPart(
                    CopiedPart(number: part.partNumber, eTag: part.eTag, checksum: part.checksum), size: part.size))
        }
        return parts
    }

    /// ListMultipartUploads of exactly this key; those whose begin the store does not tell are left out.
    public func uploads(of object: ObjectReference) async throws(AWSError) -> [PendingUpload] {
        var uploads: [PendingUpload] = []
        let request = ListMultipartUploadsRequest(bucket: object.bucket, prefix: object.key)
        for try await upload in listMultipartUploads(request) where upload.key == object.key {
            guard let initiated = upload.initiated else { continue }
            uploads.append(
                PendingUpload(id: upload.uploadId, initiated: initiated, initiator: upload.initiatorId))
        }
        return uploads
    }

    /// GetObject of a range.
    public func read(
        _ object: ObjectReference, range: ClosedRange<Int64>, eTag: String, payer: Payer
    ) async throws(AWSError) -> ByteStream {
        var request = GetObjectRequest(object)
        request.range = range
        request.ifMatch = eTag
        request.requesterPays = payer == .requester
        let body = BodyReader(try await getObject(request).body, subject: "\(object)")
        return ByteStream { () async throws(AWSError) in try await body.next() }
    }
}
