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

/// Where credentials come from.
public protocol CredentialProvider: Sendable {
    /// Credentials that are good for at least the next request.
    ///
    /// - Throws: `CredentialError`, which says what was tried.
    func credentials() async throws(CredentialError) -> AWSCredentials
}

/// Credentials that are given and stay as they are.
public struct StaticCredentialProvider: CredentialProvider {
    private let fixed: AWSCredentials

    /// Makes a provider of these credentials.
    public init(_ credentials: AWSCredentials) { fixed = credentials }

    /// The credentials it was made with.
    public func credentials() async throws(CredentialError) -> AWSCredentials { fixed }
}

/// Why there are no credentials.
public struct CredentialError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One entry a source that was asked: its name, and why it gave none.
    public var tried: [String]

    /// Makes an error from what was tried.
    public init(tried: [String]) { self.tried = tried }

    /// One line: what was tried, in order.
    public var description: String { "no AWS credentials found; tried " + tried.joined(separator: "; ") }
}
