import Jobs
import S3

/// The proof that the destination is a finished copy of the source by these settings; `nil` when it may not be.
///
/// It says yes only to what HeadObject shows of both: the same bytes, and the properties that a copy would have. Tags
/// and ACL are not seen there; where the copy would have any, it is made again or left to the worker to compare.
func proofOfFinishedCopy(
    _ source: HeadObjectOutput, _ destination: HeadObjectOutput, _ settings: CopySettings
) -> TaskRecord.Proof? {
    guard settings.verification == .standard, hasVisibleProperties(source, destination, settings) else { return nil }
    return ObjectProof.between(source, destination)
}

private func hasVisibleProperties(
    _ source: HeadObjectOutput, _ destination: HeadObjectOutput, _ settings: CopySettings
) -> Bool {
    let changesAccess = settings.acl != nil || !settings.grants.isEmpty || settings.copiesACL
    let hasNoTags = (settings.tags == .none || (source.tagCount ?? 0) == 0) && (destination.tagCount ?? 0) == 0
    guard !changesAccess, hasNoTags, settings.metadata == .copy else { return false }
    if case .replace = settings.tags { return false }
    if let key = settings.kmsKeyId, !KMSKey.may(destination.properties.sseKMSKeyId, be: key) { return false }
    let wanted = settings.storageClass ?? source.properties.storageClass ?? "STANDARD"
    guard wanted == destination.properties.storageClass ?? "STANDARD" else { return false }
    return contents(source.properties) == contents(destination.properties)
}

/// The properties that a copy has from its source whatever the settings say of storage and encryption.
private func contents(_ properties: ObjectProperties) -> ObjectProperties {
    var contents = properties
    contents.storageClass = nil
    contents.serverSideEncryption = nil
    contents.sseKMSKeyId = nil
    contents.bucketKeyEnabled = nil
    return contents
}
