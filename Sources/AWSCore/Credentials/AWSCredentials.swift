/// What a request is signed with.
public struct AWSCredentials: Sendable, Equatable {
    /// The access key id; it may be shown.
    public var accessKeyId: String
    /// The secret access key; it is never shown.
    public var secretAccessKey: String
    /// The session token of temporary credentials; it is never shown.
    public var sessionToken: String?
    /// When temporary credentials end, in seconds since 1970.
    public var expiration: Int64?

    /// Makes credentials.
    public init(accessKeyId: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Int64? = nil) {
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The access key id alone.
    public var description: String { "AWSCredentials(\(accessKeyId))" }
    /// The access key id alone.
    public var debugDescription: String { description }
    /// The access key id alone, so that `dump` shows no secret either.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyId": accessKeyId]) }
}
