/// What the environment and the AWS config files say, read once at the start.
public struct AWSConfiguration: Sendable {
    /// The region of requests that name none; `nil` when neither the environment nor the profile says it.
    public var region: String?
    /// `AWS_CA_BUNDLE`, or the profile's `ca_bundle`.
    public var certificateAuthorities: String?
    /// How often a request is sent at most, first try included.
    ///
    /// `AWS_MAX_ATTEMPTS`; 5 unless set.
    public var maxAttempts: Int
    /// How buckets are named in requests: the profile's `s3.addressing_style`.
    public var addressingStyle: S3AddressingStyle

    /// Where all of it was read, for what the credential chain wants to know.
    let settings: Settings
    let instanceMetadata: InstanceMetadataSettings
    private let endpoints: [AWSService: Endpoint]
    private let variant: EndpointVariant

    /// What this process's environment and the files that it names say.
    ///
    /// - Throws: `ConfigurationError` as `resolve`.
    public static func fromEnvironment() throws(ConfigurationError) -> AWSConfiguration {
        try resolve(environment: Environment.ofProcess.variables, readFile: readSmallFile)
    }

    /// What an environment and the files that it names say.
    ///
    /// - Parameters:
    ///   - environment: The variables; empty ones count as absent.
    ///   - readFile: What reads the config and credentials files, and later the token files that they name.
    /// - Returns: The configuration.
    /// - Throws: `ConfigurationError` for a wrong value or a malformed file, with the place where it stands.
    public static func resolve(
        environment: [String: String], readFile: @escaping FileReader = { _ in nil }
    ) throws(ConfigurationError) -> AWSConfiguration {
        try AWSConfiguration(Settings(environment: Environment(variables: environment), readFile: readFile))
    }

    private init(_ settings: Settings) throws(ConfigurationError) {
        self.settings = settings
        region =
            settings.environment["AWS_REGION"]
            ?? settings.value("AWS_DEFAULT_REGION", key: "region")?.value
        certificateAuthorities = settings.value("AWS_CA_BUNDLE", key: "ca_bundle").map {
            settings.expandingHome($0.value)
        }
        maxAttempts = try settings.maxAttempts() ?? 5
        addressingStyle = try settings.addressingStyle() ?? .auto
        variant = try EndpointVariant(
            fips: settings.flag("AWS_USE_FIPS_ENDPOINT", key: "use_fips_endpoint"),
            dualStack: settings.flag("AWS_USE_DUALSTACK_ENDPOINT", key: "use_dualstack_endpoint"))
        endpoints = try settings.configuredEndpoints()
        instanceMetadata = try settings.instanceMetadata()
    }

    /// The endpoint of a service in a region: a configured one, or AWS's own.
    ///
    /// - Throws: `ConfigurationError` for a region that cannot be part of a host's name.
    public func endpoint(of service: AWSService, region: String) throws(ConfigurationError) -> Endpoint {
        if let configured = endpoints[service] { return configured }
        return try Endpoint(ofAWS: service, region: region, variant: variant)
    }
}
