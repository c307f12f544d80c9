import AWSCore
public import Jobs
public import S3

/// What a destination is to be like, worked out once for CopyObject and multipart uploads alike.
public struct DestinationProperties: Sendable, Equatable {
    /// What CopyObject and CreateMultipartUpload are told.
    public var headers: DestinationHeaders
    /// The tags that do not fit into a header; PutObjectTagging gives them to the object once it is there.
    public var tagsAfterwards: [Tag]?
    /// Whether metadata and Content-* headers are the source's own, so that CopyObject may copy them by itself.
    public var keepsMetadata: Bool
    /// Whether tags are the source's own, so that CopyObject may copy them by itself.
    public var keepsTags: Bool

    /// How many tags there are to be.
    public var tagCount: Int
    /// Whether ACL or grants are set, which HeadObject does not show.
    public var setsAccess: Bool

    /// Whether the retention is the source's own, and none that settings ask for anew, with a later end each time.
    private var keepsRetention = false

    /// The storage classes that any general purpose bucket takes (API reference, CopyObject). Others are those of the
    /// place in which the source happens to be: a directory bucket, an outpost, a file system.
    private static let portableStorageClasses: Set<String> = [
        "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
        "DEEP_ARCHIVE", "GLACIER_IR",
    ]

    /// Works out what the copy of an object is to be like.
    ///
    /// - Parameters:
    ///   - source: What HeadObject said of the source.
    ///   - tags: The source's tags, where they were read.
    ///   - grants: The source's grants, where its ACL is to be copied.
    ///   - settings: How objects are to be copied.
    ///   - now: Seconds since 1970: S3 refuses a retention that has ended.
    public init(
        source: HeadObjectOutput, tags: [Tag] = [], grants: [String: String] = [:], settings: CopySettings, now: Int64
    ) {
        headers = DestinationHeaders()
        headers.requesterPays = settings.requesterPays
        headers.acl = settings.acl
        headers.grants = settings.copiesACL ? grants : settings.grants
        tagCount = source.tagCount ?? tags.count
        setsAccess = settings.acl != nil || !settings.grants.isEmpty || settings.copiesACL
        keepsMetadata = settings.metadata == .copy
        keepsTags = settings.tags == .copy
        setContent(of: source.properties, settings.metadata)
        setTags(tags, settings.tags)
        setStorage(of: source.properties, settings)
        setLock(of: source.properties, settings.lock, now: now)
        setChecksum(source.checksum)
    }

    private mutating func setContent(of source: ObjectProperties, _ policy: CopySettings.Policy) {
        headers.properties.websiteRedirectLocation = source.websiteRedirectLocation
        switch policy {
        case .none: break
        case .copy:
            headers.properties.contentType = source.contentType
            headers.properties.cacheControl = source.cacheControl
            headers.properties.contentDisposition = source.contentDisposition
            headers.properties.contentEncoding = source.contentEncoding
            headers.properties.contentLanguage = source.contentLanguage
            headers.properties.expires = source.expires
            headers.properties.metadata = source.metadata
        case .replace(let fields):
            for (name, value) in fields { headers.properties.setField(name, value) }
        }
    }

    private mutating func setTags(_ source: [Tag], _ policy: CopySettings.Policy) {
        let tags =
            switch policy {
            case .copy: source
            case .none: [Tag]()
            case .replace(let pairs): pairs.sorted { $0.key < $1.key }.map { Tag(key: $0.key, value: $0.value) }
            }
        if policy != .copy { tagCount = tags.count }
        tagsAfterwards = headers.setTags(tags)
    }

    private mutating func setStorage(of source: ObjectProperties, _ settings: CopySettings) {
        let kept = source.storageClass.flatMap { Self.portableStorageClasses.contains($0) ? $0 : nil }
        headers.properties.storageClass = settings.storageClass ?? kept
        if let key = settings.kmsKeyId {
            headers.properties.serverSideEncryption = "aws:kms"
            headers.properties.sseKMSKeyId = key
        }
    }

    private mutating func setLock(of source: ObjectProperties, _ wanted: CopySettings.Lock?, now: Int64) {
        if source.objectLockLegalHold == "ON" { headers.properties.objectLockLegalHold = "ON" }
        let kept = source.objectLockRetainUntilDate.flatMap { Int64(timestamp: $0) } ?? 0
        if let wanted, Int64(timestamp: wanted.until).map({ $0 >= kept }) ?? true {
            headers.properties.objectLockMode = wanted.mode
            headers.properties.objectLockRetainUntilDate = wanted.until
            return
        }
        guard let mode = source.objectLockMode, let end = source.objectLockRetainUntilDate,
            Int64(timestamp: end).map({ $0 > now }) ?? true
        else { return }
        headers.properties.objectLockMode = mode
        headers.properties.objectLockRetainUntilDate = end
        keepsRetention = true
    }

    /// A multipart upload can have the checksum of its source: the same algorithm, over the whole object or over parts.
    ///
    /// Only CRCs can be over the whole object (S3 User Guide, "Checking object integrity", table of supported types):
    /// where the source has another one, its algorithm is kept, over parts.
    private mutating func setChecksum(_ checksum: ObjectChecksum?) {
        guard let checksum else { return }
        let isWhole = checksum.type.map { $0 == "FULL_OBJECT" } ?? !checksum.value.contains("-")
        switch checksum.algorithm {
        case "CRC64NVME": headers.checksumType = "FULL_OBJECT"
        case "CRC32", "CRC32C": headers.checksumType = isWhole ? "FULL_OBJECT" : "COMPOSITE"
        case "SHA1", "SHA256": headers.checksumType = "COMPOSITE"
        default: return
        }
        headers.checksumAlgorithm = checksum.algorithm
    }
}

extension DestinationProperties {
    /// Whether an object that is there has what this one is to have, as far as HeadObject says.
    ///
    /// Of tags, it says how many there are. ACL and grants it does not say: where they are set, an object is never
    /// known to have them.
    public func areThose(of head: HeadObjectOutput) -> Bool {
        let wanted = headers.properties
        let found = head.properties
        return wanted.contentType.map { $0 == found.contentType } ?? true
            && wanted.cacheControl == found.cacheControl && wanted.contentDisposition == found.contentDisposition
            && wanted.contentEncoding == found.contentEncoding && wanted.contentLanguage == found.contentLanguage
            && wanted.expires == found.expires && wanted.metadata == found.metadata
            && wanted.websiteRedirectLocation == found.websiteRedirectLocation
            && (wanted.storageClass ?? found.storageClass ?? "STANDARD") == (found.storageClass ?? "STANDARD")
            && (wanted.sseKMSKeyId.map { KMSKey.may(found.sseKMSKeyId, be: $0) } ?? true)
            && (head.tagCount ?? 0) == tagCount && !setsAccess && isLocked(found)
    }

    /// Whether an object is locked as its source is, or for longer.
    private func isLocked(_ found: ObjectProperties) -> Bool {
        let wanted = headers.properties
        guard wanted.objectLockLegalHold != "ON" || found.objectLockLegalHold == "ON" else { return false }
        guard keepsRetention, let wantedEnd = wanted.objectLockRetainUntilDate else { return true }
        guard [wanted.objectLockMode, "COMPLIANCE"].contains(found.objectLockMode) else { return false }
        guard let foundEnd = found.objectLockRetainUntilDate else { return false }
        guard let least = Int64(timestamp: wantedEnd), let end = Int64(timestamp: foundEnd) else {
            return foundEnd == wantedEnd
        }
        return end >= least
    }
}

extension ObjectProperties {
    /// Sets a header field, or a field of metadata where S3 has no header of this name.
    fileprivate mutating func setField(_ name: String, _ value: String) {
        switch name.lowercased() {
        case "content-type": contentType = value
        case "cache-control": cacheControl = value
        case "content-disposition": contentDisposition = value
        case "content-encoding": contentEncoding = value
        case "content-language": contentLanguage = value
        case "expires": expires = value
        case let name where name.hasPrefix("x-amz-meta-"):
            metadata[String(name.dropFirst("x-amz-meta-".count))] = value
        case let name: metadata[name] = value
        }
    }
}
