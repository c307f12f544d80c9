/// Who may do what with an object.
public struct AccessControlPolicy: Sendable, Equatable {
    /// The canonical user id of the object's owner.
    public var ownerId: String
    /// Who else may do what.
    public var grants: [Grant]

    /// Makes a policy.
    public init(ownerId: String, grants: [Grant]) {
        self.ownerId = ownerId
        self.grants = grants
    }

    /// The grants as `DestinationHeaders.grants` takes them: `read` to `id="…", uri="…"`.
    ///
    /// The owner's own full control is among them where the policy says it, which a copy to another owner's bucket
    /// may not want.
    public var grantHeaders: [String: String] {
        var headers: [String: String] = [:]
        for grant in grants {
            let permission = grant.permission.lowercased().replacing("_", with: "-")
            let before = headers[permission].map { $0 + ", " } ?? ""
            headers[permission] = before + grant.grantee.header
        }
        return headers
    }
}

/// One permission of one grantee.
public struct Grant: Sendable, Equatable {
    /// Who is granted something.
    public enum Grantee: Sendable, Equatable {
        /// An account, by its canonical user id.
        case user(id: String)
        /// A predefined group, by its URI.
        case group(uri: String)
        /// An account, by its e-mail address.
        case email(String)

        var header: String {
            switch self {
            case .user(let id): "id=\"\(id)\""
            case .group(let uri): "uri=\"\(uri)\""
            case .email(let address): "emailAddress=\"\(address)\""
            }
        }
    }

    /// Who.
    public var grantee: Grantee
    /// What: `FULL_CONTROL`, `READ`, `READ_ACP`, `WRITE_ACP`.
    public var permission: String

    /// Makes a grant.
    public init(grantee: Grantee, permission: String) {
        self.grantee = grantee
        self.permission = permission
    }
}
