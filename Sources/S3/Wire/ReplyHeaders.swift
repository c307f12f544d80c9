internal import AWSCore
internal import HTTPTransport

extension HTTPHeaders {
    /// A field's value; `nil` where it is missing or empty.
    func text(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }

    /// The seconds since 1970 that `Date` says.
    var date: Int64? { self["Date"].flatMap { Int64(httpDate: $0) } }

    /// The checksum that the reply has of the object or part.
    var checksum: ObjectChecksum? {
        for field in fields where !field.value.isEmpty {
            guard let algorithm = field.name.lowercased(behind: "x-amz-checksum-"), algorithm != "type",
                algorithm != "algorithm"
            else { continue }
            return ObjectChecksum(
                algorithm: algorithm.uppercased(), value: field.value, type: text("x-amz-checksum-type"))
        }
        return nil
    }

    /// An object's properties.
    var objectProperties: ObjectProperties {
        var properties = ObjectProperties()
        properties.contentType = text("Content-Type")
        properties.cacheControl = text("Cache-Control")
        properties.contentDisposition = text("Content-Disposition")
        properties.contentEncoding = text("Content-Encoding")
        properties.contentLanguage = text("Content-Language")
        properties.expires = text("Expires")
        properties.metadata = metadata
        properties.websiteRedirectLocation = text("x-amz-website-redirect-location")
        properties.storageClass = text("x-amz-storage-class")
        properties.serverSideEncryption = text("x-amz-server-side-encryption")
        properties.sseKMSKeyId = text("x-amz-server-side-encryption-aws-kms-key-id")
        properties.bucketKeyEnabled = text("x-amz-server-side-encryption-bucket-key-enabled").map { $0 == "true" }
        properties.objectLockMode = text("x-amz-object-lock-mode")
        properties.objectLockRetainUntilDate = text("x-amz-object-lock-retain-until-date")
        properties.objectLockLegalHold = text("x-amz-object-lock-legal-hold")
        return properties
    }

    private var metadata: [String: String] {
        var metadata: [String: String] = [:]
        for field in fields {
            if let name = field.name.lowercased(behind: "x-amz-meta-") { metadata[name] = field.value }
        }
        return metadata
    }

    /// What HeadObject and GetObject say of an object.
    func headObjectOutput() throws(MalformedReply) -> HeadObjectOutput {
        guard let length = self["Content-Length"].flatMap({ Int64($0) }), length >= 0 else {
            throw MalformedReply(reason: "the reply has no Content-Length")
        }
        guard let eTag = ETag.unquoted(self["ETag"]) else { throw MalformedReply(reason: "the reply has no ETag") }
        var output = HeadObjectOutput(contentLength: length, eTag: eTag, properties: objectProperties)
        output.lastModified = text("Last-Modified")
        output.versionId = text("x-amz-version-id")
        output.partsCount = text("x-amz-mp-parts-count").flatMap { Int($0) }
        output.tagCount = text("x-amz-tagging-count").flatMap { Int($0) }
        output.missingMetadata = text("x-amz-missing-meta").flatMap { Int($0) }
        output.checksum = checksum
        output.restore = text("x-amz-restore")
        output.archiveStatus = text("x-amz-archive-status")
        return output
    }
}

extension String {
    /// What stands behind a prefix, in lower case; `nil` where the text begins otherwise but for the case of letters.
    fileprivate func lowercased(behind prefix: String) -> String? {
        guard utf8.prefix(prefix.utf8.count).elementsEqual(prefix.utf8, by: { $0.lowercasedASCII == $1 }) else {
            return nil
        }
        return String(utf8.dropFirst(prefix.utf8.count))?.lowercased()
    }
}
