internal import HTTPTransport

/// AWS STS, as far as credentials of a role need it.
struct SecurityTokenService: Sendable {
    /// A role, and how it is assumed.
    struct Role: Sendable, Equatable {
        var arn: String
        /// What CloudTrail shows.
        var sessionName: String
        var externalId: String?
        var durationSeconds: Int?
    }

    let configuration: AWSConfiguration
    let transport: HTTPClient

    /// AssumeRole: a role's credentials, for a caller that has credentials of its own.
    func assumeRole(_ role: Role, with credentials: AWSCredentials) async throws(SourceFailure) -> AWSCredentials {
        var parameters = parameters("AssumeRole", role)
        if let externalId = role.externalId { parameters.append(("ExternalId", externalId)) }
        return try await send("AssumeRole", parameters, role, StaticCredentialProvider(credentials))
    }

    /// AssumeRoleWithWebIdentity: a role's credentials, for a caller that has a token of someone whom the role trusts.
    func assumeRole(_ role: Role, webIdentityToken: String) async throws(SourceFailure) -> AWSCredentials {
        let operation = "AssumeRoleWithWebIdentity"
        let parameters = parameters(operation, role) + [("WebIdentityToken", webIdentityToken)]
        return try await send(operation, parameters, role, nil)
    }

    private func parameters(_ operation: String, _ role: Role) -> [(String, String)] {
        [
            ("Action", operation), ("Version", "2011-06-15"), ("RoleArn", role.arn),
            ("RoleSessionName", role.sessionName),
        ] + (role.durationSeconds.map { [("DurationSeconds", "\($0)")] } ?? [])
    }

    private func send(
        _ operation: String, _ parameters: [(String, String)], _ role: Role, _ credentials: StaticCredentialProvider?
    ) async throws(SourceFailure) -> AWSCredentials {
        let region = configuration.region ?? "us-east-1"
        let form = parameters.map { "\($0)=\($1.percentEncoded(keepingSlashes: false))" }.joined(separator: "&")
        let client = AWSClient(configuration: configuration, credentials: credentials, transport: transport)
        let response: HTTPCollectedResponse
        do {
            let endpoint = try configuration.endpoint(of: .sts, region: region)
            response = try await client.send(
                AWSRequest(
                    operation: operation, service: .sts, region: region, endpoint: endpoint, method: "POST", path: "/",
                    headers: ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"],
                    body: .bytes(Array(form.utf8)), subject: role.arn))
        } catch {
            throw SourceFailure("\(error)", isTransient: (error as? AWSError)?.isTransient ?? false)
        }
        return try Self.credentials(in: response.body, of: operation)
    }

    /// The credentials in a reply.
    static func credentials(in reply: [UInt8], of operation: String) throws(SourceFailure) -> AWSCredentials {
        guard let document = try? XMLElement(parsing: reply),
            let found = document["\(operation)Result"]?["Credentials"],
            let id = found.text(of: "AccessKeyId"), let secret = found.text(of: "SecretAccessKey"),
            let token = found.text(of: "SessionToken"),
            let end = found.text(of: "Expiration").flatMap({ Int64(timestamp: $0) })
        else { throw SourceFailure("\(operation): the reply of STS has no credentials") }
        return AWSCredentials(accessKeyId: id, secretAccessKey: secret, sessionToken: token, expiration: end)
    }
}
