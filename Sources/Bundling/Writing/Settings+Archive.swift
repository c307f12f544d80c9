internal import Archives
internal import FoundationEssentials
internal import Jobs
internal import S3

extension BundleSettings {
    /// How `Archives` is to write.
    var archiveOptions: ArchiveOptions {
        ArchiveOptions(format: archiveFormat, frameSize: Int(frameSize), level: level)
    }

    /// The kind of archive, as `Archives` calls it.
    var archiveFormat: ArchiveFormat {
        switch format {
        case .tar: .tar
        case .tarGzip: .tarGzip
        case .tarZstd: .tarZstd
        case .zip: .zip
        }
    }
}

extension RunSettings {
    /// What is said of an archive and its index.
    ///
    /// - Parameters:
    ///   - mark: The bundle's mark.
    ///   - now: Seconds since 1970, from which locks are counted.
    /// - Returns: The headers.
    func archiveHeaders(mark: String, now: Int64) -> DestinationHeaders {
        var headers = DestinationHeaders()
        headers.properties.contentType = bundle.archiveFormat.contentType
        headers.properties.metadata[BundleMark.name] = mark
        headers.properties.storageClass = copy.storageClass
        if let key = copy.kmsKeyId {
            headers.properties.serverSideEncryption = "aws:kms"
            headers.properties.sseKMSKeyId = key
        }
        if let mode = bundle.lockMode, let days = bundle.lockDays {
            headers.properties.objectLockMode = mode.rawValue
            let end = Date(timeIntervalSince1970: Double(now + Int64(days) * 86_400))
            headers.properties.objectLockRetainUntilDate = end.formatted(.iso8601)
        }
        if case .replace(let tags) = copy.tags {
            headers.tags = tags.sorted { $0.key < $1.key }.map { Tag(key: $0.key, value: $0.value) }
        }
        headers.acl = copy.acl
        headers.grants = copy.grants
        headers.requesterPays = copy.requesterPays
        return headers
    }
}
