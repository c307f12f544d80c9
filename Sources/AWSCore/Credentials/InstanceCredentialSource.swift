/// The role of the EC2 instance.
struct InstanceCredentialSource: CredentialSource {
    let metadata: InstanceMetadata
    /// Whether there is a metadata service on this machine, so that no answer is a failure of it.
    var isOnEC2: @Sendable () -> Bool = { EC2Host.isThis() }

    let name = "EC2 instance metadata"

    private static let path = "/latest/meta-data/iam/security-credentials/"

    func load() async throws(SourceFailure) -> SourceAnswer {
        let text: String?
        do throws(InstanceMetadataError) {
            text = try await documentOfRole()
        } catch {
            let isExpected = error.kind == .refused || error.kind == .unreachable && isOnEC2()
            guard isExpected else { return .absent(error.description) }
            throw SourceFailure(error.description, isTransient: error.isTransient)
        }
        guard let text else { return .absent("the instance has no role") }
        let document = try CredentialDocument(parsing: Array(text.utf8))
        guard document.code == nil || document.code == "Success" else {
            throw SourceFailure("it has no credentials for the instance's role; look at the role's trust policy")
        }
        return .found(try document.credentials())
    }

    private func documentOfRole() async throws(InstanceMetadataError) -> String? {
        let roles = try await metadata.value(at: Self.path)
        guard let role = roles?.split(whereSeparator: \.isNewline).first else { return nil }
        return try await metadata.value(at: Self.path + role)
    }
}
