import FoundationEssentials

/// That a worker took objects for a bundle: a small object in S3, of which there is one for each number.
///
/// The objects themselves are in the manifest beside it, which any worker can make the bundle of.
struct Claim: Sendable, Codable {
    var schema = 1
    /// What tells this claim from another worker's of the same number.
    var token: String
    /// Who took them.
    var worker: String
    /// When, in seconds since 1970.
    var made: Int64
    /// Until when the worker has them for itself unless it says more, in seconds since 1970.
    var until: Int64
    /// The digests of the objects, 16 bytes each.
    var members: Data

    init(token: String, worker: String, made: Int64, until: Int64, members: [MemberDigest]) {
        self.token = token
        self.worker = worker
        self.made = made
        self.until = until
        self.members = Data(members)
    }
}

/// That the bundle of a claim is made.
public struct ClaimEnd: Sendable, Equatable, Codable {
    var schema = 1
    /// The archive's address; `nil` where none of the objects could be archived.
    public var archive: String?
    /// How many objects are in its index.
    public var archived: Int
    /// The digests of those that are not, 16 bytes each: they can be claimed again.
    private var failed: Data

    init(archive: String?, archived: Int, failed: [MemberDigest]) {
        self.archive = archive
        self.archived = archived
        self.failed = Data(failed)
    }

    /// The members that are not in the bundle.
    var failures: Set<MemberDigest> { Set(failed.members) }
}

extension Data {
    fileprivate init(_ members: [MemberDigest]) { self.init(members.flatMap(\.bytes)) }

    /// The members of which the bytes are digests.
    var members: [MemberDigest] {
        let bytes = [UInt8](self)
        return stride(from: 0, to: bytes.count - bytes.count % MemberDigest.size, by: MemberDigest.size)
            .map { MemberDigest(bytes[$0..<($0 + MemberDigest.size)]) }
    }
}
