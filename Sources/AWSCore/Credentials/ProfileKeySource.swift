/// `aws_access_key_id` and `aws_secret_access_key` of a profile.
struct ProfileKeySource: CredentialSource {
    let profileName: String
    let profile: ConfigFile.Section

    var name: String { "keys of profile \(profileName)" }

    func load() async throws(SourceFailure) -> SourceAnswer {
        guard let id = profile.text("aws_access_key_id") else { return .absent("it has no aws_access_key_id") }
        guard let secret = profile.text("aws_secret_access_key") else {
            throw SourceFailure("it has an aws_access_key_id, but no aws_secret_access_key")
        }
        return .found(
            AWSCredentials(
                accessKeyId: id, secretAccessKey: secret, sessionToken: profile.text("aws_session_token")))
    }
}

extension ConfigFile.Section {
    /// The value of a property; an empty one counts as absent.
    func text(_ key: String) -> String? {
        guard let value = self[key], !value.text.isEmpty else { return nil }
        return value.text
    }
}
