internal import FoundationEssentials

/// Credentials as JSON: what container and instance endpoints and credential processes give.
struct CredentialDocument: Decodable {
    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case code = "Code"
        case accessKeyId = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case sessionToken = "SessionToken"
        case expiration = "Expiration"
    }

    /// Of credential processes.
    let version: Int?
    /// `Success`, or what went wrong, of instance endpoints.
    let code: String?
    let accessKeyId: String?
    let secretAccessKey: String?
    /// The session token as endpoints name it.
    let token: String?
    /// The session token as credential processes name it.
    let sessionToken: String?
    let expiration: String?

    /// Reads a document. What is wrong with one is not told in detail, as there may be secrets in it.
    ///
    /// - Throws: `SourceFailure` for what is no JSON object or has values of other types.
    init(parsing bytes: [UInt8]) throws(SourceFailure) {
        do {
            self = try JSONDecoder().decode(CredentialDocument.self, from: Data(bytes))
        } catch {
            throw SourceFailure("its answer is not a JSON document with credentials")
        }
    }

    /// The credentials in it.
    ///
    /// - Throws: `SourceFailure` when keys are missing or the expiration is not a time.
    func credentials() throws(SourceFailure) -> AWSCredentials {
        guard let accessKeyId, let secretAccessKey, !accessKeyId.isEmpty, !secretAccessKey.isEmpty else {
            throw SourceFailure("its answer has no AccessKeyId and SecretAccessKey")
        }
        let end = expiration.map { Int64(timestamp: $0) }
        if case .some(.none) = end { throw SourceFailure("the Expiration in its answer is not an ISO 8601 time") }
        return AWSCredentials(
            accessKeyId: accessKeyId, secretAccessKey: secretAccessKey, sessionToken: sessionToken ?? token,
            expiration: end ?? nil)
    }
}
