/// A role that is assumed with a token from a file, as EKS gives it to a pod.
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html)
struct WebIdentitySource: CredentialSource {
    /// Empty for a profile that another one refers to.
    let environment: Environment
    let profile: ConfigFile.Section
    let readFile: FileReader
    let service: SecurityTokenService
    var now = Timing.system.date

    let name = "web identity token"

    func load() async throws(SourceFailure) -> SourceAnswer {
        guard let path = value("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else {
            return .absent("neither AWS_WEB_IDENTITY_TOKEN_FILE nor web_identity_token_file is set")
        }
        guard let arn = value("AWS_ROLE_ARN", "role_arn") else {
            throw SourceFailure("there is a token file, \(path), but no AWS_ROLE_ARN")
        }
        let role = SecurityTokenService.Role(
            arn: arn, sessionName: value("AWS_ROLE_SESSION_NAME", "role_session_name") ?? "s3haul-\(now())")
        // Read anew each time: Kubernetes replaces it before it ends.
        let token = try readToken(path, readFile)
        return .found(try await service.assumeRole(role, webIdentityToken: token))
    }

    private func value(_ variable: String, _ key: String) -> String? { environment[variable] ?? profile.text(key) }
}
