package import S3

/// Whether the bytes of an object in an archive can be read.
package enum Restoration {
    /// Whether objects of a storage class must be restored before they are read.
    package static func isArchive(_ storageClass: String) -> Bool {
        ["GLACIER", "DEEP_ARCHIVE"].contains(storageClass)
    }

    /// Whether an object is in an archive and not restored from it (API reference, HeadObject: `x-amz-restore`,
    /// `x-amz-archive-status`).
    package static func isArchived(_ head: HeadObjectOutput) -> Bool {
        let isCold = head.properties.storageClass.map(isArchive) ?? false || head.archiveStatus != nil
        return isCold && !(head.restore?.contains("ongoing-request=\"false\"") ?? false)
    }

    /// Whether it is on its way out of the archive.
    package static func isUnderWay(_ head: HeadObjectOutput) -> Bool {
        head.restore?.contains("ongoing-request=\"true\"") ?? false
    }
}
