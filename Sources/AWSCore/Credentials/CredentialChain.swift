public import HTTPTransport

/// The places that credentials come from, in the order of AWS's own tools.
public enum CredentialChain {
    /// The environment, the chosen profile, the container's endpoint, the instance's; the first that has some.
    ///
    /// Nothing is read or asked before the first call for credentials, and then only as far as needed.
    ///
    /// - Parameters:
    ///   - configuration: The environment and the profiles.
    ///   - transport: What asks endpoints.
    /// - Returns: A provider that remembers credentials and renews them ahead of their end.
    public static func `default`(
        configuration: AWSConfiguration, transport: HTTPClient
    ) -> RefreshingCredentialProvider {
        let sources = ProfileSources(configuration, transport)
        return RefreshingCredentialProvider(
            CredentialSourceChain(
                sources: [sources.environment] + sources.ofProfile(sources.settings.profileName)
                    + [sources.container, sources.instance]))
    }
}
