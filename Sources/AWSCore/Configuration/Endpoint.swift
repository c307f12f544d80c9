/// Where requests of a service go.
public struct Endpoint: Sendable, Hashable {
    /// `http` or `https`.
    public var scheme: String
    /// The host, with the port behind a colon where it is not the scheme's own: what `Host` says.
    public var authority: String
    /// What stands before every path, without a slash at its end; mostly empty.
    public var basePath: String
    /// Whether it was configured, and not derived from service and region: an S3-compatible store or a test server.
    public var isCustom: Bool

    /// Makes an endpoint of its parts.
    public init(scheme: String, authority: String, basePath: String = "", isCustom: Bool) {
        self.scheme = scheme
        self.authority = authority
        self.basePath = basePath
        self.isCustom = isCustom
    }
}
