import S3

/// Where the copy of an object goes.
struct DestinationNaming: Equatable {
    private enum Rule: Equatable {
        /// One object goes to this key.
        case exactly(String)
        /// The first bytes of each key are replaced.
        case replacing(bytes: Int, with: String)
    }

    private let bucket: String
    private let rule: Rule

    /// One object: to the key that is given; below it, under its own last name, where that ends in a slash.
    init(of source: ObjectReference, to destination: ObjectPrefix) {
        bucket = destination.bucket
        let isFolder = destination.prefix.isEmpty || destination.prefix.hasSuffix("/")
        guard isFolder, !source.key.hasSuffix("/") else {
            rule = .exactly(destination.prefix.isEmpty ? source.key : destination.prefix)
            return
        }
        let folder = source.key.utf8.lastIndex(of: UInt8(ascii: "/")).map { source.key.utf8.index(after: $0) }
        let name = folder.map { String(source.key[$0...]) } ?? source.key
        rule = .exactly(destination.prefix + name)
    }

    /// A prefix: what stands before its last slash is replaced by the destination.
    init(under source: ObjectPrefix, to destination: ObjectPrefix) {
        bucket = destination.bucket
        let bytes = Array(source.prefix.utf8)
        let kept = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        rule = .replacing(bytes: kept, with: Self.folder(destination.prefix))
    }

    /// A manifest: whole keys go below the destination.
    init(below destination: ObjectPrefix) {
        bucket = destination.bucket
        rule = .replacing(bytes: 0, with: Self.folder(destination.prefix))
    }

    /// The destination of an object.
    func destination(of source: ObjectReference) -> ObjectReference {
        switch rule {
        case .exactly(let key): ObjectReference(bucket: bucket, key: key)
        case .replacing(let bytes, let prefix):
            ObjectReference(
                bucket: bucket, key: prefix + String(decoding: source.key.utf8.dropFirst(bytes), as: UTF8.self))
        }
    }

    /// Whether what is copied to the destination would be listed under the source and copied again.
    func feedsItself(_ source: ObjectPrefix) -> Bool {
        guard case .replacing(_, let prefix) = rule, bucket == source.bucket else { return false }
        return prefix.utf8.starts(with: source.prefix.utf8)
    }

    private static func folder(_ prefix: String) -> String {
        prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/"
    }
}
