public import AWSCore
internal import HTTPTransport

/// What GetObjectAcl is asked.
public struct GetObjectAclRequest: Sendable {
    /// The object, or one version of it.
    public var object: ObjectReference
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false
    /// `x-amz-expected-bucket-owner`.
    public var expectedBucketOwner: String?

    /// Asks for an object's ACL.
    public init(_ object: ObjectReference) { self.object = object }
}

/// What PutObjectAcl is asked.
public struct PutObjectAclRequest: Sendable {
    /// The object, or one version of it.
    public var object: ObjectReference
    /// Who may do what with it afterwards.
    public var policy: AccessControlPolicy
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false
    /// `x-amz-expected-bucket-owner`.
    public var expectedBucketOwner: String?

    /// Asks to give an object an ACL.
    public init(_ object: ObjectReference, policy: AccessControlPolicy) {
        self.object = object
        self.policy = policy
    }
}

extension S3Client {
    /// GetObjectAcl: who may do what with an object.
    public func getObjectAcl(_ request: GetObjectAclRequest) async throws(AWSError) -> AccessControlPolicy {
        try await perform(request)
    }

    /// PutObjectAcl: replaces an object's ACL.
    public func putObjectAcl(_ request: PutObjectAclRequest) async throws(AWSError) {
        try await perform(request)
    }
}

private let acl = [(name: "acl", value: "")]

extension GetObjectAclRequest: S3Operation {
    static let name = "GetObjectAcl"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        try target.request(
            Self.name, "GET", S3Place(object), query: acl,
            options: S3Options(requesterPays: requesterPays, expectedBucketOwner: expectedBucketOwner))
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

extension PutObjectAclRequest: S3Operation {
    static let name = "PutObjectAcl"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        let body = Array(try document().utf8)
        let integrity = Integrity.header(body)
        return try target.request(
            Self.name, "PUT", S3Place(object), query: acl,
            options: S3Options(requesterPays: requesterPays, expectedBucketOwner: expectedBucketOwner),
            headers: ["Content-Type": "application/xml", integrity.name: integrity.value], body: .bytes(body))
    }

    private func document() throws(ConfigurationError) -> String {
        var xml = "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner>"
        xml += try XMLText.element("ID", policy.ownerId)
        xml += "</Owner><AccessControlList>"
        for grant in policy.grants {
            xml += "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
            xml += try grant.grantee.document()
            xml += "</Grantee>" + (try XMLText.element("Permission", grant.permission)) + "</Grant>"
        }
        return xml + "</AccessControlList></AccessControlPolicy>"
    }

    func output(of reply: HTTPCollectedResponse) {}
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

    /// The rest of the start tag, and what is in the element.
    fileprivate func document() throws(ConfigurationError) -> String {
        switch self {
        case .user(let id): "xsi:type=\"CanonicalUser\">" + (try XMLText.element("ID", id))
        case .group(let uri): "xsi:type=\"Group\">" + (try XMLText.element("URI", uri))
        case .email(let address):
            "xsi:type=\"AmazonCustomerByEmail\">" + (try XMLText.element("EmailAddress", address))
        }
    }
}
