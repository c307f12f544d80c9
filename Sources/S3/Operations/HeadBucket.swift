public import AWSCore
internal import HTTPTransport

/// What HeadBucket is asked.
public struct HeadBucketRequest: Sendable {
    /// The bucket's name.
    public var bucket: String

    /// Asks for a bucket.
    public init(_ bucket: String) { self.bucket = bucket }
}

/// What HeadBucket answers.
public struct HeadBucketOutput: Sendable {
    /// The region in which the bucket is; `nil` where the store does not say.
    public var region: String?
}

extension S3Client {
    /// HeadBucket: whether a bucket is there and may be used.
    public func headBucket(_ request: HeadBucketRequest) async throws(AWSError) -> HeadBucketOutput {
        try await perform(request)
    }

    /// The region in which a bucket is: asked of S3 once, the configured region where the endpoint is configured.
    public func bucketRegion(_ bucket: String) async throws(AWSError) -> String {
        try await region(of: bucket)
    }
}

extension HeadBucketRequest: S3Operation {
    static let name = "HeadBucket"

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        try target.request(
            Self.name, "HEAD", S3Place(bucket: bucket))
    }

    func output(of reply: HTTPCollectedResponse) -> HeadBucketOutput {
        HeadBucketOutput(region: reply.headers.text("x-amz-bucket-region"))
    }
}
