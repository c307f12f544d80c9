import Jobs
import S3

/// What listings of both sides tell of an object and what stands at its destination.
enum ListedCopy: Equatable {
    /// Nothing is there, or something of another size.
    case missing
    /// The same bytes are there, as a copy by these settings would be.
    case same
    /// What is there may be the copy: HeadObject of both sides tells more.
    case unclear

    /// Compares both.
    ///
    /// An equal ETag that has the form of an MD5 proves the bytes. A listing shows neither headers, metadata, tags nor
    /// access: those are the source's where S3 has copied them by itself and the source was not written since. It tells
    /// the time in whole seconds, so within the second of the copy a write cannot be told from none.
    init(_ source: ListedObject, _ destination: ListedObject?, _ settings: CopySettings) {
        guard let destination, destination.size == source.size else {
            self = .missing
            return
        }
        let isProven =
            settings.verification == .standard && source.eTag == destination.eTag
            && source.eTag.map(ObjectProof.isDigest(eTag:)) ?? false
        let isWanted =
            !settings.overwrites
            || Self.isCopiedBySource(settings) && Self.hasClass(source, destination, settings)
                && Self.isNewer(destination, than: source)
        self = isProven && isWanted ? .same : .unclear
    }

    /// Whether all that a listing does not show is the source's own.
    private static func isCopiedBySource(_ settings: CopySettings) -> Bool {
        settings.tags == .copy && settings.metadata == .copy && settings.kmsKeyId == nil && settings.acl == nil
            && settings.grants.isEmpty && !settings.copiesACL
    }

    private static func hasClass(
        _ source: ListedObject, _ destination: ListedObject, _ settings: CopySettings
    ) -> Bool {
        let wanted = settings.storageClass ?? source.storageClass ?? "STANDARD"
        return wanted == destination.storageClass ?? "STANDARD"
    }

    private static func isNewer(_ destination: ListedObject, than source: ListedObject) -> Bool {
        guard let made = destination.lastModified, let written = source.lastModified else { return false }
        return made > written
    }
}
