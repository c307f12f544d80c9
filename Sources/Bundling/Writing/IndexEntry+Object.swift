internal import AWSCore
internal import Archives
internal import FoundationEssentials
internal import Manifests
internal import S3

extension HeadObjectOutput {
    /// The time of the last change, in seconds since 1970.
    var modified: Int64? { lastModified.flatMap { Int64(httpDate: $0) } }
}

extension IndexEntry {
    /// What an index says of an object, but for where its bytes lie.
    init(_ object: FetchedObject, archive: String) {
        let head = object.head
        let properties = head.properties
        self.init(bucket: object.row.bucket, key: object.row.key, size: head.contentLength, archive: archive)
        versionId = object.reference.versionId
        eTag = head.eTag
        lastModified = head.modified.map { Date(timeIntervalSince1970: Double($0)).formatted(.iso8601) }
        storageClass = properties.storageClass ?? "STANDARD"
        contentType = properties.contentType
        contentEncoding = properties.contentEncoding
        contentDisposition = properties.contentDisposition
        contentLanguage = properties.contentLanguage
        cacheControl = properties.cacheControl
        expires = properties.expires
        websiteRedirectLocation = properties.websiteRedirectLocation
        objectLockMode = properties.objectLockMode
        objectLockRetainUntilDate = properties.objectLockRetainUntilDate
        objectLockLegalHold = properties.objectLockLegalHold
        if !properties.metadata.isEmpty { metadata = properties.metadata }
        if !object.tags.isEmpty {
            tags = Dictionary(object.tags.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        }
        tagsError = object.tagsError
        if !object.grants.isEmpty { grants = object.grants }
        md5 = object.md5
    }
}
