public import AWSCore
internal import HTTPTransport

/// What GetObjectAcl is asked.
public struct GetObjectAclRequest: Sendable {
    /// The object, or one version of it.
    public var object: ObjectReference
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks for an object's ACL.
    public init(_ object: ObjectReference) { self.object = object }
}

extension S3Client {
    /// GetObjectAcl: who may do what with an object.
    public func getObjectAcl(_ request: GetObjectAclRequest) async throws(AWSError) -> AccessControlPolicy {
        try await perform(request)
    }
}

extension GetObjectAclRequest: S3Operation {
    static let name = "GetObjectAcl"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        try target.request(
            Self.name, "GET", S3Place(object), query: [(name: "acl", value: "")],
            requesterPays: requesterPays)
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> AccessControlPolicy {
        let policy = try reply.document("AccessControlPolicy")
        var grants: [Grant] = []
        for element in policy["AccessControlList"]?.all("Grant") ?? [] {
            guard let grantee = element["Grantee"].flatMap(Grant.Grantee.init) else {
                throw MalformedReply(reason: "<Grant> has no <Grantee> with an id, URI or e-mail address")
            }
            grants.append(Grant(grantee: grantee, permission: try element.required("Permission")))
        }
        return AccessControlPolicy(ownerId: policy["Owner"]?.text(of: "ID") ?? "", grants: grants)
    }
}

extension Grant.Grantee {
    fileprivate init?(_ element: XMLElement) {
        if let id = element.optional("ID") {
            self = .user(id: id)
        } else if let uri = element.optional("URI") {
            self = .group(uri: uri)
        } else if let address = element.optional("EmailAddress") {
            self = .email(address)
        } else {
            return nil
        }
    }
}
