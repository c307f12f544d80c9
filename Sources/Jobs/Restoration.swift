package import S3

/// Whether the bytes of an object in an archive can be read.
package enum Restoration {
    /// Whether an object is in an archive and not restored from it (API reference, HeadObject: `x-amz-restore`,
    /// `x-amz-archive-status`).
    package static func isArchived(_ head: HeadObjectOutput) -> Bool {
        let isCold = ["GLACIER", "DEEP_ARCHIVE"].contains(head.properties.storageClass) || head.archiveStatus != nil
        return isCold && !(head.restore?.contains("ongoing-request=\"false\"") ?? false)
    }

    /// Whether it is on its way out of the archive.
    package static func isUnderWay(_ head: HeadObjectOutput) -> Bool {
        head.restore?.contains("ongoing-request=\"true\"") ?? false
    }
}
