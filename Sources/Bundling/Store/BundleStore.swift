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
    /// ListMultipartUploads of exactly this key: the ids.
    func pendingUploads(of object: ObjectReference) async throws(AWSError) -> [String]

    /// DeleteObjects.
    func deleteObjects(_ request: DeleteObjectsRequest) async throws(AWSError) -> DeleteObjectsOutput
    /// DeleteObject.
    func deleteObject(_ request: DeleteObjectRequest) async throws(AWSError) -> DeleteObjectOutput
}

extension S3Client: BundleStore {
    /// ListMultipartUploads of exactly this key: the ids.
    public func pendingUploads(of object: ObjectReference) async throws(AWSError) -> [String] {
        var ids: [String] = []
        var uploads = listMultipartUploads(ListMultipartUploadsRequest(bucket: object.bucket, prefix: object.key))
            .makeAsyncIterator()
        while let upload = try await uploads.next(isolation: #isolation) {
            if upload.key.utf8.elementsEqual(object.key.utf8) { ids.append(upload.uploadId) }
        }
        return ids
    }
}
