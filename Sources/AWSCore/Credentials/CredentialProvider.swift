/// Where credentials come from.
public protocol CredentialProvider: Sendable {
    /// Credentials that are good for at least the next request.
    ///
    /// - Throws: `CredentialError`, which says what was tried.
    func credentials() async throws(CredentialError) -> AWSCredentials

    /// Says that a service refused credentials as expired: they are not given out again from memory.
    func invalidate(_ refused: AWSCredentials)
}

/// Credentials that are given and stay as they are.
public struct StaticCredentialProvider: CredentialProvider {
    private let fixed: AWSCredentials

    /// Makes a provider of these credentials.
    public init(_ credentials: AWSCredentials) { fixed = credentials }

    /// The credentials it was made with.
    public func credentials() async throws(CredentialError) -> AWSCredentials { fixed }

    /// Does nothing: there are no others.
    public func invalidate(_ refused: AWSCredentials) {}
}

/// Why there are no credentials.
public struct CredentialError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One entry a source that was asked: its name, and why it gave none.
    public var tried: [String]
    /// Whether there may be some a little later: the source that has them was overloaded, broken or out of reach.
    public var isTransient: Bool

    /// Makes an error from what was tried.
    public init(tried: [String], isTransient: Bool = false) {
        self.tried = tried
        self.isTransient = isTransient
    }

    /// One line: what was tried, in order.
    public var description: String {
        "no AWS credentials found, as AWS_PROFILE or AWS_ACCESS_KEY_ID give them; tried "
            + tried.joined(separator: "; ")
    }
}
