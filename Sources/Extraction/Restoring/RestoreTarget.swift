internal import Archives
public import S3

/// Where members are restored to.
public protocol RestoreTarget: Sendable {
    /// What a member has become that is there.
    var outcome: RestoredMember.Outcome { get }
    /// Whether members that are objects of their own are read, rather than looked at.
    var readsObjects: Bool { get }
    /// Whether such members are compared with their sources, where these are still there.
    var readsSources: Bool { get }
    /// Settles where a member goes; asked once for each, in the archive's order.
    ///
    /// - Throws: ``ExtractionError`` where it cannot go there, as when another member took the place.
    func claim(_ member: FoundMember) throws(ExtractionError) -> RestorePlace
    /// Makes the folder that a member is.
    func makeFolder(_ place: RestorePlace) async throws
    /// Restores a member that is an object of its own without reading it.
    ///
    /// - Parameters:
    ///   - member: The member.
    ///   - object: The object, which can be read.
    ///   - eTag: The ETag that it must have.
    ///   - place: Where it goes.
    /// - Returns: What became of it; nil where it is to be read.
    func copy(
        _ member: FoundMember, from object: ObjectReference, eTag: String, to place: RestorePlace
    ) async -> RestoredMember?
    /// Begins to write a member; nothing can be seen of it before it is committed.
    func sink(_ member: FoundMember, _ place: RestorePlace) async throws -> any MemberSink
}

extension RestoreTarget {
    /// Sources are not read to restore a member.
    public var readsSources: Bool { false }

    /// It is to be read.
    public func copy(
        _ member: FoundMember, from object: ObjectReference, eTag: String, to place: RestorePlace
    ) async -> RestoredMember? { nil }
}

/// The place of one member at a target.
public struct RestorePlace: Sendable, Equatable {
    /// The path or address.
    public var text: String
    /// Its names below the target, from the outermost folder on.
    var components: [String] = []
}

/// Takes the bytes of one member, from one task.
public protocol MemberSink: AnyObject {
    /// Takes the next bytes.
    func write(_ bytes: ArraySlice<UInt8>) async throws
    /// Makes the member seen; its bytes are known to be right.
    ///
    /// - Returns: Whether it was not there yet: false where the same bytes were.
    func commit() async throws -> Bool
    /// Leaves nothing of it.
    func discard() async
}

/// What became of one member: one JSON line.
public struct RestoredMember: Sendable, Equatable, Codable {
    /// How it ended.
    public enum Outcome: String, Sendable, Codable {
        /// It is where it should be.
        case restored
        /// The same bytes were there already.
        case unchanged
        /// Its bytes were read and are what was archived; nothing was written.
        case verified
        /// Its source is not there any more, so that nothing can be compared.
        case sourceGone = "source_gone"
        /// What a dry run would have restored.
        case planned
        /// It may succeed when it is tried again.
        case interrupted
        /// It failed.
        case failed
    }

    /// How a member is known to be right whose bytes were not read.
    public enum Proof: String, Sendable, Codable {
        /// It has the ETag that it was stored with.
        case eTag = "etag"
        /// It has the checksum that it was stored with.
        case checksum
        /// It has as many bytes; the index knows nothing more.
        case size
    }

    /// The version of this format.
    public var schema = 1
    /// The key of the object that it was.
    public var key: String
    /// The bucket of that object, where the index tells it.
    public var bucket: String?
    /// The version of that object.
    public var versionId: String?
    /// Its name in the archive.
    public var member: String
    /// Its bytes.
    public var size: Int64
    /// Where it was restored to.
    public var destination: String?
    /// How it ended.
    public var outcome: Outcome
    /// How it is known to be right where it was not read.
    public var proof: Proof?
    /// What went wrong: `damaged`, `refused`, `cold`, `input`, `denied`, `transient`.
    public var errorCode: String?
    /// What went wrong, in one line.
    public var message: String?

    enum CodingKeys: String, CodingKey {
        case schema, key, bucket
        case versionId = "version_id"
        case member, size, destination, outcome, proof
        case errorCode = "error_code"
        case message
    }

    /// How a member ended.
    init(_ member: FoundMember, _ place: RestorePlace?, _ outcome: Outcome) {
        key = member.key
        bucket = member.entry?.bucket
        versionId = member.entry?.versionId
        self.member = member.name
        size = member.size
        destination = place?.text
        self.outcome = outcome
    }

    /// How a member failed.
    init(_ member: FoundMember, _ place: RestorePlace?, _ error: any Error) {
        let error = ExtractionError(error, of: member.key)
        self.init(member, place, error.code == .transient ? .interrupted : .failed)
        errorCode = error.code.rawValue
        message = error.description
    }

    /// A key that is not in the archive.
    init(missing key: String) {
        self.key = key
        member = key
        size = 0
        outcome = .failed
        errorCode = ExtractionError.Code.input.rawValue
        message = "\(key): the archive has no such member"
    }
}
