/// `role_arn` of a profile: a role that is assumed with the credentials of another source.
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html)
struct AssumeRoleSource: CredentialSource {
    let profileName: String
    let sources: ProfileSources
    /// The profiles that led here, each by its `source_profile`.
    let path: [String]
    var now = Timing.system.date

    var name: String { "role of profile \(profileName)" }

    func load() async throws(SourceFailure) -> SourceAnswer {
        let profile = sources.settings.files.profiles[profileName] ?? [:]
        guard let arn = profile.text("role_arn") else { return .absent("it has no role_arn") }
        guard profile.text("web_identity_token_file") == nil else { return .absent("it has a web_identity_token_file") }
        let role = try role(arn, profile)
        return .found(try await sources.service.assumeRole(role, with: try await sourceCredentials(profile)))
    }

    private func role(_ arn: String, _ profile: ConfigFile.Section) throws(SourceFailure) -> SecurityTokenService.Role {
        guard profile.text("mfa_serial") == nil else {
            throw SourceFailure(
                "it has an mfa_serial, and s3haul asks for no codes; "
                    + "get credentials with \"aws configure export-credentials --profile \(profileName)\"")
        }
        let duration = profile.text("duration_seconds")
        let seconds = duration.flatMap { Int($0) }
        guard duration == nil || seconds.map((900...43_200).contains) == true else {
            throw SourceFailure("its duration_seconds must be a number from 900 to 43200")
        }
        return SecurityTokenService.Role(
            arn: arn, sessionName: profile.text("role_session_name") ?? "s3haul-\(now())",
            externalId: profile.text("external_id"), durationSeconds: seconds)
    }

    private func sourceCredentials(_ profile: ConfigFile.Section) async throws(SourceFailure) -> AWSCredentials {
        switch (profile.text("source_profile"), profile.text("credential_source")) {
        case (let name?, nil): return try await credentials(ofProfile: name)
        case (nil, let name?): return try await credentials(ofSource: name)
        case (nil, nil): throw SourceFailure("it has a role_arn, but neither source_profile nor credential_source")
        default: throw SourceFailure("it has both source_profile and credential_source")
        }
    }

    private func credentials(ofProfile name: String) async throws(SourceFailure) -> AWSCredentials {
        guard let profile = sources.settings.files.profiles[name] else {
            throw SourceFailure("its source_profile \(name) does not exist")
        }
        let path = path + [profileName]
        guard !path.contains(name) else {
            // A profile may name itself, for its own keys.
            let keys = ProfileKeySource(profileName: name, profile: profile)
            if name == profileName, case .found(let credentials) = try await keys.load() { return credentials }
            throw SourceFailure("source_profile goes in a circle: \((path + [name]).joined(separator: " -> "))")
        }
        do {
            return try await CredentialSourceChain(sources: sources.ofProfile(name, path: path)).credentials()
        } catch {
            throw SourceFailure(
                "its source_profile \(name) gives none: \(error.tried.joined(separator: "; "))",
                isTransient: error.isTransient)
        }
    }

    private func credentials(ofSource name: String) async throws(SourceFailure) -> AWSCredentials {
        let source: any CredentialSource
        switch name {
        case "Environment": source = sources.environment
        case "EcsContainer": source = sources.container
        case "Ec2InstanceMetadata": source = sources.instance
        default:
            throw SourceFailure(
                "its credential_source is \(name); it must be Environment, EcsContainer or Ec2InstanceMetadata")
        }
        switch try await source.load() {
        case .found(let credentials): return credentials
        case .absent(let reason): throw SourceFailure("its credential_source \(name) gives none: \(reason)")
        }
    }
}
