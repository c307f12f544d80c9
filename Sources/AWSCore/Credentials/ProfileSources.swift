internal import HTTPTransport

/// Makes the sources of credentials that a profile may name.
struct ProfileSources: Sendable {
    let settings: Settings
    let service: SecurityTokenService
    let environment: EnvironmentCredentialSource
    let container: ContainerCredentialSource
    let instance: InstanceCredentialSource

    init(_ configuration: AWSConfiguration, _ transport: HTTPClient) {
        settings = configuration.settings
        service = SecurityTokenService(configuration: configuration, transport: transport)
        environment = EnvironmentCredentialSource(environment: settings.environment)
        container = ContainerCredentialSource(
            environment: settings.environment, readFile: settings.readFile, service: LocalService(transport: transport))
        instance = InstanceCredentialSource(
            metadata: InstanceMetadata(configuration: configuration, transport: transport))
    }

    /// What a profile may have, in the order in which it is asked.
    ///
    /// `path` has the profiles that led here, each by its `source_profile`; it is empty for the chosen profile, which
    /// alone is overridden by the variables of a web identity token.
    func ofProfile(_ name: String, path: [String] = []) -> [any CredentialSource] {
        let profile = settings.files.profiles[name] ?? [:]
        return [
            AssumeRoleSource(profileName: name, sources: self, path: path),
            WebIdentitySource(
                environment: path.isEmpty ? settings.environment : Environment(variables: [:]), profile: profile,
                readFile: settings.readFile, service: service),
            SingleSignOnSource(
                profileName: name, settings: settings, configuration: service.configuration,
                transport: service.transport),
            ProfileKeySource(profileName: name, profile: profile),
            ProcessCredentialSource(
                profileName: name, profile: profile, runner: CommandRunner(environment: settings.environment)),
        ]
    }
}
