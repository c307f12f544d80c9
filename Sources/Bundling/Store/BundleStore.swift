public import AWSCore
public import S3

/// The few operations of S3 that a bundle is made of, so that it can be tested without a server.
public protocol BundleStore: Sendable {
    /// HeadObject.
    func headObject(_ request: HeadObjectRequest) async throws(AWSError) -> HeadObjectOutput
    /// GetObject, the whole body at once.
    func getObject(
        _ request: GetObjectRequest, collectingUpTo limit: Int
    ) async throws(AWSError) -> CollectedObject
    /// GetObjectTagging.
    func getObjectTagging(_ request: ObjectTaggingRequest) async throws(AWSError) -> [Tag]
    /// GetObjectAcl.
    func getObjectAcl(_ request: GetObjectAclRequest) async throws(AWSError) -> AccessControlPolicy

    /// PutObject.
    func putObject(_ request: PutObjectRequest) async throws(AWSError) -> PutObjectOutput
    /// CreateMultipartUpload.
    func createMultipartUpload(
        _ request: CreateMultipartUploadRequest
    ) async throws(AWSError) -> CreateMultipartUploadOutput
    /// UploadPart.
    func uploadPart(_ request: UploadPartRequest) async throws(AWSError) -> UploadPartOutput
    /// CompleteMultipartUpload.
    func completeMultipartUpload(
        _ request: CompleteMultipartUploadRequest
    ) async throws(AWSError) -> CompleteMultipartUploadOutput
    /// AbortMultipartUpload.
    func abortMultipartUpload(_ request: AbortMultipartUploadRequest) async throws(AWSError)
    /// ListMultipartUploads of the keys that begin with this one's, as far as they are wanted.
    func pendingUploads(
        under object: ObjectReference, where isWanted: @Sendable (ObjectReference) -> Bool
    ) async throws(AWSError) -> [AbortMultipartUploadRequest]

    /// ListObjectsV2 of all that is below a prefix.
    func listObjects(below prefix: ObjectPrefix) async throws(AWSError) -> [ListedObject]

    /// DeleteObjects.
    func deleteObjects(_ request: DeleteObjectsRequest) async throws(AWSError) -> DeleteObjectsOutput
    /// DeleteObject.
    func deleteObject(_ request: DeleteObjectRequest) async throws(AWSError) -> DeleteObjectOutput
}

extension BundleStore {
    /// Aborts uploads that a killed attempt has left; where they cannot be listed or aborted, they stay.
    func abortUploads(under object: ObjectReference, where isOurs: @Sendable (ObjectReference) -> Bool) async {
        guard let left = try? await pendingUploads(under: object, where: isOurs) else { return }
        for upload in left { try? await abortMultipartUpload(upload) }
    }
}

extension S3Client: BundleStore {
    /// ListMultipartUploads of the keys that begin with this one's, as far as they are wanted.
    public func pendingUploads(
        under object: ObjectReference, where isWanted: @Sendable (ObjectReference) -> Bool
    ) async throws(AWSError) -> [AbortMultipartUploadRequest] {
        var wanted: [AbortMultipartUploadRequest] = []
        var uploads = listMultipartUploads(ListMultipartUploadsRequest(bucket: object.bucket, prefix: object.key))
            .makeAsyncIterator()
        while let upload = try await uploads.next(isolation: #isolation) {
            let place = ObjectReference(bucket: object.bucket, key: upload.key)
            if isWanted(place) { wanted.append(AbortMultipartUploadRequest(place, uploadId: upload.uploadId)) }
        }
        return wanted
    }

    /// ListObjectsV2 of all that is below a prefix.
    public func listObjects(below prefix: ObjectPrefix) async throws(AWSError) -> [ListedObject] {
        var listed: [ListedObject] = []
        var objects = listObjectsV2(.init(bucket: prefix.bucket, prefix: prefix.prefix)).makeAsyncIterator()
        while let object = try await objects.next(isolation: #isolation) { listed.append(object) }
        return listed
    }
}
