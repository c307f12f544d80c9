internal import AWSCore
internal import Checksums
internal import HTTPTransport

extension HTTPHeaders {
    /// Sets a field; none where there is no value.
    mutating func set(_ name: String, _ value: String?) {
        if let value { add(name, value) }
    }

    /// Everything that a request says of the object it makes, but for who pays and who owns the bucket.
    mutating func set(_ destination: DestinationHeaders) {
        set(destination.properties)
        if let tags = destination.tags { add("x-amz-tagging", tagging(tags)) }
        set("x-amz-acl", destination.acl)
        for (permission, grantees) in destination.grants.sorted(by: { $0.key < $1.key }) {
            add("x-amz-grant-\(permission)", grantees)
        }
    }

    private mutating func set(_ properties: ObjectProperties) {
        set("Content-Type", properties.contentType)
        set("Cache-Control", properties.cacheControl)
        set("Content-Disposition", properties.contentDisposition)
        set("Content-Encoding", properties.contentEncoding)
        set("Content-Language", properties.contentLanguage)
        set("Expires", properties.expires)
        for (name, value) in properties.metadata.sorted(by: { $0.key < $1.key }) { add("x-amz-meta-\(name)", value) }
        set("x-amz-website-redirect-location", properties.websiteRedirectLocation)
        set("x-amz-storage-class", properties.storageClass)
        set("x-amz-server-side-encryption", properties.serverSideEncryption)
        set("x-amz-server-side-encryption-aws-kms-key-id", properties.sseKMSKeyId)
        set("x-amz-server-side-encryption-bucket-key-enabled", properties.bucketKeyEnabled.map { "\($0)" })
        set("x-amz-object-lock-mode", properties.objectLockMode)
        set("x-amz-object-lock-retain-until-date", properties.objectLockRetainUntilDate)
        set("x-amz-object-lock-legal-hold", properties.objectLockLegalHold)
    }

    /// The condition on what stands at the destination.
    mutating func set(_ condition: WriteCondition) {
        switch condition {
        case .none: break
        case .absent: add("If-None-Match", "*")
        case .matches(let eTag): add("If-Match", ETag.quoted(eTag))
        }
    }

    /// Where a copy is read from.
    mutating func set(_ source: CopySource) {
        let bucket = source.object.bucket.percentEncoded(keepingSlashes: true)
        let key = source.object.key.percentEncoded(keepingSlashes: true)
        let version = source.object.versionId.map { "?versionId=\($0)" } ?? ""
        add("x-amz-copy-source", "\(bucket)/\(key)\(version)")
        set("x-amz-copy-source-if-match", source.eTag.map(ETag.quoted))
    }

    /// A checksum of the body, or of the whole object.
    mutating func set(_ checksum: ObjectChecksum?) {
        guard let checksum else { return }
        add("x-amz-checksum-\(checksum.algorithm.lowercased())", checksum.value)
        set("x-amz-checksum-type", checksum.type)
    }
}

/// `bytes=first-last`, for `Range` and `x-amz-copy-source-range`.
func byteRange(_ range: ClosedRange<Int64>) -> String { "bytes=\(range.lowerBound)-\(range.upperBound)" }

/// The value of `x-amz-tagging`.
func tagging(_ tags: [Tag]) -> String {
    tags.map { tag in
        tag.key.percentEncoded(keepingSlashes: false) + "=" + tag.value.percentEncoded(keepingSlashes: false)
    }.joined(separator: "&")
}

/// What S3 demands of request documents: a digest that it compares.
enum Integrity {
    /// `Content-MD5`, which every store knows; where libcrypto refuses MD5, as under FIPS rules, a SHA-256.
    static func header(_ body: [UInt8]) -> (name: String, value: String) {
        if let digest = MD5.digest(body) { return ("Content-MD5", digest.base64) }
        return ("x-amz-checksum-sha256", SHA256.digest(body).base64)
    }
}
