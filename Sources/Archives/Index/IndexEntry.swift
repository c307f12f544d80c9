/// What an index says of one archived object: a line of `NAME.index.jsonl.gz`, with these names in lower snake case.
public struct IndexEntry: Sendable, Equatable {
    /// The source's bucket.
    public var bucket: String
    /// The source's key.
    public var key: String
    /// The source's version; nil in a bucket without versions.
    public var versionId: String?
    /// The bytes of the object.
    public var size: Int64
    /// The source's ETag, without quotes.
    public var eTag: String?
    /// The time of its last change, as ISO 8601 in UTC.
    public var lastModified: String?
    /// Its storage class.
    public var storageClass: String?
    /// Its headers that begin with `Content-`, and `Cache-Control` and `Expires`.
    public var contentType: String?
    /// See ``contentType``.
    public var contentEncoding: String?
    /// See ``contentType``.
    public var contentDisposition: String?
    /// See ``contentType``.
    public var contentLanguage: String?
    /// See ``contentType``.
    public var cacheControl: String?
    /// See ``contentType``.
    public var expires: String?
    /// Its website redirect, as its header field says it.
    public var websiteRedirectLocation: String?
    /// Its Object Lock, as its header fields say it.
    public var objectLockMode: String?
    /// See ``objectLockMode``.
    public var objectLockRetainUntilDate: String?
    /// See ``objectLockMode``.
    public var objectLockLegalHold: String?
    /// Its user metadata, without `x-amz-meta-`.
    public var metadata: [String: String]?
    /// Its tags.
    public var tags: [String: String]?
    /// Why its tags are not known, where they could not be read: S3's code, such as `AccessDenied`.
    public var tagsError: String?
    /// Who may do what with it, where that was asked for: `read` to `id="…", uri="…"`, as `x-amz-grant-read` says it.
    public var grants: [String: String]?
    /// The MD5 of its bytes in hexadecimal digits, where the ETag is not one.
    public var md5: String?
    /// The CRC-32 of its bytes.
    public var crc32: UInt32?
    /// Where its bytes are: the `s3://` address of the archive; or of the object that is its copy, with no location.
    public var archive: String
    /// The ETag of that copy, without quotes; nil for what is in the archive.
    public var copyETag: String?
    /// The checksum that S3 keeps over all of that copy, as `CRC64NVME:…`: the algorithm and Base64; nil where it keeps
    /// none.
    public var copyChecksum: String?
    /// Its name in the archive.
    public var member: String?
    /// Where its bytes lie in the archive.
    public var location: MemberLocation?

    /// Makes an entry.
    public init(bucket: String, key: String, size: Int64, archive: String) {
        self.bucket = bucket
        self.key = key
        self.size = size
        self.archive = archive
    }
}

extension IndexEntry: Codable {
    /// The fields, in the order in which they are written.
    enum CodingKeys: String, CodingKey, CaseIterable {
        case bucket, key
        case versionId = "version_id"
        case size
        case eTag = "etag"
        case lastModified = "last_modified"
        case storageClass = "storage_class"
        case contentType = "content_type"
        case contentEncoding = "content_encoding"
        case contentDisposition = "content_disposition"
        case contentLanguage = "content_language"
        case cacheControl = "cache_control"
        case expires
        case websiteRedirectLocation = "website_redirect_location"
        case objectLockMode = "object_lock_mode"
        case objectLockRetainUntilDate = "object_lock_retain_until_date"
        case objectLockLegalHold = "object_lock_legal_hold"
        case metadata, tags
        case tagsError = "tags_error"
        case grants
        case md5, crc32, archive
        case copyETag = "copy_etag"
        case copyChecksum = "copy_checksum"
        case member
        case dataOffset = "data_offset"
        case dataLength = "data_length"
        case frameOffset = "frame_offset"
        case frameLength = "frame_length"
        case frameEncoding = "frame_encoding"
    }

    /// Reads an entry.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ field: CodingKeys) throws -> String? { try fields.decodeIfPresent(String.self, forKey: field) }
        self.init(
            bucket: try fields.decode(String.self, forKey: .bucket), key: try fields.decode(String.self, forKey: .key),
            size: try fields.decode(Int64.self, forKey: .size),
            archive: try fields.decode(String.self, forKey: .archive))
        versionId = try text(.versionId)
        eTag = try text(.eTag)
        lastModified = try text(.lastModified)
        storageClass = try text(.storageClass)
        contentType = try text(.contentType)
        contentEncoding = try text(.contentEncoding)
        contentDisposition = try text(.contentDisposition)
        contentLanguage = try text(.contentLanguage)
        cacheControl = try text(.cacheControl)
        expires = try text(.expires)
        websiteRedirectLocation = try text(.websiteRedirectLocation)
        objectLockMode = try text(.objectLockMode)
        objectLockRetainUntilDate = try text(.objectLockRetainUntilDate)
        objectLockLegalHold = try text(.objectLockLegalHold)
        metadata = try fields.decodeIfPresent([String: String].self, forKey: .metadata)
        tags = try fields.decodeIfPresent([String: String].self, forKey: .tags)
        tagsError = try text(.tagsError)
        grants = try fields.decodeIfPresent([String: String].self, forKey: .grants)
        md5 = try text(.md5)
        crc32 = try fields.decodeIfPresent(UInt32.self, forKey: .crc32)
        copyETag = try text(.copyETag)
        copyChecksum = try text(.copyChecksum)
        member = try text(.member)
        location = try Self.location(fields)
    }

    private static func location(_ fields: KeyedDecodingContainer<CodingKeys>) throws -> MemberLocation? {
        guard let name = try fields.decodeIfPresent(String.self, forKey: .frameEncoding) else { return nil }
        guard let encoding = FrameEncoding(rawValue: name) else {
            throw DecodingError.dataCorruptedError(
                forKey: .frameEncoding, in: fields, debugDescription: "\(name) is no encoding")
        }
        return MemberLocation(
            frameOffset: try fields.decode(Int64.self, forKey: .frameOffset),
            frameLength: try fields.decode(Int64.self, forKey: .frameLength), encoding: encoding,
            dataOffset: try fields.decode(Int64.self, forKey: .dataOffset),
            dataLength: try fields.decode(Int64.self, forKey: .dataLength))
    }

    /// Writes an entry; ``IndexWriter`` writes the same, quicker.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        for field in CodingKeys.allCases {
            switch value(field) {
            case .text(let text): try fields.encode(text, forKey: field)
            case .number(let number): try fields.encode(number, forKey: field)
            case .map(let map): try fields.encode(map, forKey: field)
            case nil: continue
            }
        }
    }

    /// A field's value, as every form of index has it.
    enum Value {
        case text(String)
        case number(Int64)
        case map([String: String])
    }

    /// The value of a field; nil where there is none.
    func value(_ field: CodingKeys) -> Value? {
        switch field {
        case .bucket: .text(bucket)
        case .key: .text(key)
        case .versionId: versionId.map { .text($0) }
        case .size: .number(size)
        case .eTag: eTag.map { .text($0) }
        case .lastModified: lastModified.map { .text($0) }
        case .storageClass: storageClass.map { .text($0) }
        case .contentType: contentType.map { .text($0) }
        case .contentEncoding: contentEncoding.map { .text($0) }
        case .contentDisposition: contentDisposition.map { .text($0) }
        case .contentLanguage: contentLanguage.map { .text($0) }
        case .cacheControl: cacheControl.map { .text($0) }
        case .expires: expires.map { .text($0) }
        case .websiteRedirectLocation: websiteRedirectLocation.map { .text($0) }
        case .objectLockMode: objectLockMode.map { .text($0) }
        case .objectLockRetainUntilDate: objectLockRetainUntilDate.map { .text($0) }
        case .objectLockLegalHold: objectLockLegalHold.map { .text($0) }
        case .metadata: metadata.map { .map($0) }
        case .tags: tags.map { .map($0) }
        case .tagsError: tagsError.map { .text($0) }
        case .grants: grants.map { .map($0) }
        case .md5: md5.map { .text($0) }
        case .crc32: crc32.map { .number(Int64($0)) }
        case .archive: .text(archive)
        case .copyETag: copyETag.map { .text($0) }
        case .copyChecksum: copyChecksum.map { .text($0) }
        case .member: member.map { .text($0) }
        case .dataOffset: location.map { .number($0.dataOffset) }
        case .dataLength: location.map { .number($0.dataLength) }
        case .frameOffset: location.map { .number($0.frameOffset) }
        case .frameLength: location.map { .number($0.frameLength) }
        case .frameEncoding: location.map { .text($0.encoding.rawValue) }
        }
    }
}
