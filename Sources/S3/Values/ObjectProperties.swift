/// What an object has besides its bytes and its tags: what HeadObject reports and CreateMultipartUpload takes.
///
/// Values are kept as the header fields say them, so that a copy does not lose what s3haul does not understand.
public struct ObjectProperties: Sendable, Equatable {
    /// `Content-Type`.
    public var contentType: String?
    /// `Cache-Control`.
    public var cacheControl: String?
    /// `Content-Disposition`.
    public var contentDisposition: String?
    /// `Content-Encoding`.
    public var contentEncoding: String?
    /// `Content-Language`.
    public var contentLanguage: String?
    /// `Expires`, as the header says it.
    public var expires: String?
    /// `x-amz-meta-…`, by name without that prefix.
    public var metadata: [String: String] = [:]
    /// `x-amz-website-redirect-location`.
    public var websiteRedirectLocation: String?
    /// `x-amz-storage-class`; `nil` means `STANDARD`.
    public var storageClass: String?
    /// `x-amz-server-side-encryption`: `AES256`, `aws:kms`, `aws:kms:dsse`.
    public var serverSideEncryption: String?
    /// `x-amz-server-side-encryption-aws-kms-key-id`.
    public var sseKMSKeyId: String?
    /// `x-amz-server-side-encryption-bucket-key-enabled`.
    public var bucketKeyEnabled: Bool?
    /// `x-amz-object-lock-mode`: `GOVERNANCE` or `COMPLIANCE`.
    public var objectLockMode: String?
    /// `x-amz-object-lock-retain-until-date`, as the header says it.
    public var objectLockRetainUntilDate: String?
    /// `x-amz-object-lock-legal-hold`: `ON` or `OFF`.
    public var objectLockLegalHold: String?

    /// Makes properties that say nothing.
    public init() {}
}

/// One tag of an object.
public struct Tag: Sendable, Hashable, Codable {
    /// The key, up to 128 characters.
    public var key: String
    /// The value, up to 256 characters.
    public var value: String

    /// Makes a tag.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// A checksum that S3 keeps of an object or a part.
public struct ObjectChecksum: Sendable, Hashable, Codable {
    /// As S3 names the algorithm: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1`, `SHA256`, …
    public var algorithm: String
    /// Base64 of the checksum; with `-N` behind it for a composite one of N parts.
    public var value: String
    /// `FULL_OBJECT` or `COMPOSITE`; `nil` where the store does not say.
    public var type: String?

    /// Makes a checksum.
    public init(algorithm: String, value: String, type: String? = nil) {
        self.algorithm = algorithm
        self.value = value
        self.type = type
    }
}
