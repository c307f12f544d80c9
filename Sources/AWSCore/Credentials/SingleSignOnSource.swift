internal import Checksums
internal import FoundationEssentials
internal import HTTPTransport

/// A role of IAM Identity Center, with the token that `aws sso login` left in its cache.
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html)
struct SingleSignOnSource: CredentialSource {
    let profileName: String
    let settings: Settings
    let configuration: AWSConfiguration
    let transport: HTTPClient
    var now = Timing.system.date

    var name: String { "SSO of profile \(profileName)" }

    /// What the profile says.
    private struct Role {
        var accountId: String
        var name: String
        var region: String
        /// What the cache file is named by: the session, or of old profiles the start URL.
        var cacheKey: String
    }

    func load() async throws(SourceFailure) -> SourceAnswer {
        let profile = settings.files.profiles[profileName] ?? [:]
        guard profile.text("sso_session") != nil || profile.text("sso_start_url") != nil else {
            return .absent("it has neither sso_session nor sso_start_url")
        }
        let role = try role(profile)
        return .found(try await credentials(of: role, token: token(role)))
    }

    private func role(_ profile: ConfigFile.Section) throws(SourceFailure) -> Role {
        let session = profile.text("sso_session")
        let section = session.map { settings.files.ssoSessions[$0] } ?? profile
        guard let section else { throw SourceFailure("there is no section [sso-session \(session ?? "")]") }
        guard let startURL = section.text("sso_start_url"), let region = section.text("sso_region"),
            let accountId = profile.text("sso_account_id"), let roleName = profile.text("sso_role_name")
        else { throw SourceFailure("it needs sso_start_url, sso_region, sso_account_id and sso_role_name") }
        return Role(accountId: accountId, name: roleName, region: region, cacheKey: session ?? startURL)
    }

    private func token(_ role: Role) throws(SourceFailure) -> String {
        struct Cache: Decodable {
            var accessToken: String
            var expiresAt: String
        }
        guard let name = SHA1.digest(Array(role.cacheKey.utf8))?.hexadecimal else {
            throw SourceFailure("libcrypto gives no SHA-1, which names SSO's cache files")
        }
        let content: [UInt8]?
        do {
            content = try settings.readFile(settings.expandingHome("~/.aws/sso/cache/\(name).json"))
        } catch {
            throw SourceFailure("\(error)")
        }
        guard let content, let cache = try? JSONDecoder().decode(Cache.self, from: Data(content)),
            let end = Int64(timestamp: cache.expiresAt)
        else { throw SourceFailure("there is no token of it; \(advice)") }
        guard end > now() else { throw SourceFailure("its token has expired; \(advice)") }
        return cache.accessToken
    }

    private var advice: String { "run \"aws sso login --profile \(profileName)\"" }

    /// GetRoleCredentials
    private func credentials(of role: Role, token: String) async throws(SourceFailure) -> AWSCredentials {
        let client = AWSClient(configuration: configuration, credentials: nil, transport: transport)
        do {
            let response = try await client.send(
                AWSRequest(
                    operation: "GetRoleCredentials", service: .sso, region: role.region,
                    endpoint: try configuration.endpoint(of: .sso, region: role.region), method: "GET",
                    path: "/federation/credentials",
                    query: [("role_name", role.name), ("account_id", role.accountId)],
                    headers: ["x-amz-sso_bearer_token": token],
                    subject: "role \(role.name) of account \(role.accountId)"))
            return try Self.credentials(in: response.body)
        } catch let failure as SourceFailure {
            throw failure
        } catch {
            guard (error as? AWSError)?.status != 401 else {
                throw SourceFailure("its token is not accepted any more; \(advice)")
            }
            throw SourceFailure("\(error)", isTransient: (error as? AWSError)?.isTransient ?? false)
        }
    }

    private static func credentials(in reply: [UInt8]) throws(SourceFailure) -> AWSCredentials {
        struct Reply: Decodable {
            struct Credentials: Decodable {
                var accessKeyId: String
                var secretAccessKey: String
                var sessionToken: String
                /// In milliseconds since 1970.
                var expiration: Int64
            }
            var roleCredentials: Credentials
        }
        guard let found = try? JSONDecoder().decode(Reply.self, from: Data(reply)).roleCredentials else {
            throw SourceFailure("GetRoleCredentials: the reply has no credentials")
        }
        return AWSCredentials(
            accessKeyId: found.accessKeyId, secretAccessKey: found.secretAccessKey, sessionToken: found.sessionToken,
            expiration: found.expiration / 1000)
    }
}
