internal import AWSCore
internal import Archives
internal import HTTPTransport
public import Jobs
public import S3

/// Restores members to objects, with the metadata, tags and Content-* headers that the index has kept of them.
public struct BucketTarget: RestoreTarget {
    /// What a member has become.
    public let outcome = RestoredMember.Outcome.restored
    /// It takes the bytes of every member.
    public let readsObjects = true
    private let destination: ObjectPrefix
    private let settings: Settings
    private let s3: S3Client
    private let taken = Locked<Set<Int>>([])
    private let memory = ByteBudget(Self.memory)

    /// What is on its way to S3 is at most so many bytes, all objects together.
    static let memory = 256 << 20

    /// How objects are written.
    public struct Settings: Sendable {
        /// Whether objects that are there are replaced.
        public var replaces = false
        /// The storage class of every object; nil for the one that it had.
        public var storageClass: String?
        /// Whether objects are locked as they were, where that has not ended.
        public var locks = true
        /// Whether objects get the grants that they had, where the index has kept them.
        public var grants = true
        /// What the time is, in seconds since 1970: S3 refuses a retention that has ended.
        public var now: Int64 = 0
        /// Copies an object on the server's side, with all it has but the storage class and the grants, which are those
        /// given; nil where objects beside an archive are to be read.
        public var copy: Copy?

        /// See `copy`.
        public typealias Copy =
            @Sendable (CopyTask, _ storageClass: String?, _ grants: [String: String]) async -> TaskRecord

        /// Makes settings.
        public init() {}
    }

    /// Makes a target.
    ///
    /// - Parameters:
    ///   - destination: What stands before each key.
    ///   - settings: How objects are written.
    ///   - s3: The client.
    public init(_ destination: ObjectPrefix, _ settings: Settings, _ s3: S3Client) {
        self.destination = destination
        self.settings = settings
        self.s3 = s3
    }

    /// Settles the address of a member: its key behind the destination's prefix.
    public func claim(_ member: FoundMember) throws(ExtractionError) -> RestorePlace {
        try member.refuseUnlessRestorable()
        let object = ObjectReference(bucket: destination.bucket, key: destination.prefix + member.key)
        guard object.key.utf8.count <= 1_024 else {
            throw ExtractionError(
                "\(member.key): its key at the destination would have more than 1,024 bytes", .refused)
        }
        guard member.size >= 0, copies(member) || member.size <= NewObject.sizeLimit else {
            throw ExtractionError(
                "\(member.key) has \(member.size) bytes, and \(NewObject.sizeLimit) can be restored to S3; extract it to "
                    + "a folder", .refused)
        }
        let isFree = member.kind == .folder || taken.withLock { $0.insert(object.hashValue).inserted }
        guard isFree else {
            throw ExtractionError(
                "\(member.key): another member has the same key; one version is restored by the name that list shows",
                .refused)
        }
        return RestorePlace(text: object.uri)
    }

    /// Folders are nothing in a bucket.
    public func makeFolder(_ place: RestorePlace) {}

    /// Whether the member is an object that need not be read: S3 copies it, with the locks that it has.
    private func copies(_ member: FoundMember) -> Bool {
        guard case .object = member.place else { return false }
        return settings.copy != nil && settings.locks
    }

    /// Copies an object that lies beside the archive.
    public func copy(
        _ member: FoundMember, from object: ObjectReference, eTag: String, to place: RestorePlace
    ) async -> RestoredMember? {
        guard copies(member), let copy = settings.copy else { return nil }
        let destination = ObjectReference(bucket: destination.bucket, key: destination.prefix + member.key)
        let done = await copy(
            CopyTask(source: object, destination: destination), settings.storageClass ?? member.entry?.storageClass,
            grants(of: member))
        switch done.outcome {
        case .copied where done.sourceETag ?? eTag == eTag: return RestoredMember(member, place, .restored)
        case .unchanged where done.sourceETag ?? eTag == eTag: return RestoredMember(member, place, .unchanged)
        case .copied, .unchanged:
            return RestoredMember(
                member, place, ExtractionError("\(object) was replaced while it was copied", .damaged))
        default:
            let text = [done.message, done.advice].compactMap(\.self).joined(separator: "; ")
            let code = done.outcome == .interrupted ? ExtractionError.Code.transient : .refused
            return RestoredMember(member, place, ExtractionError("\(member.key): \(text)", code))
        }
    }

    /// Begins to write an object.
    public func sink(_ member: FoundMember, _ place: RestorePlace) -> any MemberSink {
        let object = ObjectReference(bucket: destination.bucket, key: destination.prefix + member.key)
        return NewObject(
            object, size: member.size, headers: headers(of: member), replaces: settings.replaces, memory: memory, s3)
    }

    private func headers(of member: FoundMember) -> DestinationHeaders {
        var headers = DestinationHeaders()
        headers.properties.storageClass = settings.storageClass ?? member.entry?.storageClass
        guard let entry = member.entry else { return headers }
        headers.properties.contentType = entry.contentType
        headers.properties.contentEncoding = entry.contentEncoding
        headers.properties.contentDisposition = entry.contentDisposition
        headers.properties.contentLanguage = entry.contentLanguage
        headers.properties.cacheControl = entry.cacheControl
        headers.properties.expires = entry.expires
        headers.properties.websiteRedirectLocation = entry.websiteRedirectLocation
        headers.properties.metadata = entry.metadata ?? [:]
        setLock(of: entry, &headers.properties)
        headers.grants = grants(of: member)
        headers.tags = entry.tags.map { tags in
            tags.sorted { $0.key < $1.key }.map { Tag(key: $0.key, value: $0.value) }
        }
        return headers
    }

    private func grants(of member: FoundMember) -> [String: String] {
        settings.grants ? member.entry?.grants ?? [:] : [:]
    }

    private func setLock(of entry: IndexEntry, _ properties: inout ObjectProperties) {
        guard settings.locks else { return }
        if entry.objectLockLegalHold == "ON" { properties.objectLockLegalHold = "ON" }
        guard let mode = entry.objectLockMode, let end = entry.objectLockRetainUntilDate,
            Int64(timestamp: end).map({ $0 > settings.now }) ?? true
        else { return }
        properties.objectLockMode = mode
        properties.objectLockRetainUntilDate = end
    }
}
