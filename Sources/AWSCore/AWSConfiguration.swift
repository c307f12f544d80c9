/// What the environment and the AWS config files say, read once at the start.
public struct AWSConfiguration: Sendable {
    /// The region of requests that name none; `nil` when nothing says it.
    public var region: String?
    /// `AWS_CA_BUNDLE`, or the profile's `ca_bundle`.
    public var certificateAuthorities: String?
    /// How often a request is sent at most, first try included. `AWS_MAX_ATTEMPTS`; 5 unless set.
    public var maxAttempts: Int

    /// The endpoint of a service in a region: a configured one, or AWS's own.
    ///
    /// - Throws: `ConfigurationError` when a configured endpoint is not a URL.
    public func endpoint(of service: AWSService, region: String) throws(ConfigurationError) -> Endpoint {
        throw ConfigurationError("not built yet")
    }
}

/// A wrong value in the environment or in a config file.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line: which value, where it stands, and what would be right.
    public var description: String

    /// Makes an error from its line.
    public init(_ description: String) { self.description = description }
}
