public import AWSCore
internal import HTTPTransport

/// What GetObjectLockConfiguration is asked.
public struct GetObjectLockConfigurationRequest: Sendable {
    /// The bucket's name.
    public var bucket: String

    /// Asks for a bucket's configuration.
    public init(_ bucket: String) { self.bucket = bucket }
}

/// What GetObjectLockConfiguration answers.
public struct GetObjectLockConfigurationOutput: Sendable, Equatable {
    /// Whether objects of the bucket can be locked.
    public var isEnabled: Bool
}

extension S3Client {
    /// GetObjectLockConfiguration: whether objects of a bucket can be locked.
    ///
    /// S3 answers `ObjectLockConfigurationNotFoundError` for a bucket in which they cannot.
    public func getObjectLockConfiguration(
        _ request: GetObjectLockConfigurationRequest
    ) async throws(AWSError) -> GetObjectLockConfigurationOutput {
        try await perform(request)
    }
}

extension GetObjectLockConfigurationRequest: S3Operation {
    static let name = "GetObjectLockConfiguration"

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        try target.request(
            Self.name, "GET", S3Place(bucket: bucket), query: [(name: "object-lock", value: "")])
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> GetObjectLockConfigurationOutput {
        let configuration = try reply.document("ObjectLockConfiguration")
        return GetObjectLockConfigurationOutput(isEnabled: configuration.text(of: "ObjectLockEnabled") == "Enabled")
    }
}
