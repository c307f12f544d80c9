internal import AWSCore
public import Archives
internal import Checksums
public import S3

/// A member of an archive, as an index, a zip's directory or a tar's headers tell of it.
public struct FoundMember: Sendable {
    /// What it is.
    public enum Kind: Sendable, Equatable {
        case file
        case folder
        /// What is not restored, in words: `a symbolic link to /etc/passwd`.
        case other(String)
    }

    /// Where its bytes are.
    public enum Place: Sendable, Equatable {
        /// In the archive.
        case located(MemberLocation)
        /// In the zip, behind a header that says where they begin.
        case behindHeader(ZipEntry)
        /// In an object of its own: it was too large for the bundle.
        case object(ObjectReference)
        /// Where a reader of the whole archive comes across them.
        case inPassing
    }

    /// The key of the object that it was; of anybody's archive its name.
    public var key: String
    /// Its name in the archive.
    public var name: String
    /// Its bytes.
    public var size: Int64
    /// The time of its last change, in seconds since 1970.
    public var modified: Int64?
    /// What it is.
    public var kind: Kind
    /// The CRC-32 that its bytes must have.
    public var crc32: UInt32?
    /// Where its bytes are.
    public var place: Place
    /// What the index says of the object that it was.
    public var entry: IndexEntry?

    /// What it can be asked for by.
    var names: [String] {
        guard let entry else { return [key, name] }
        return [key, "\(entry.bucket)/\(key)", name]
    }

    /// - Throws: ``ExtractionError`` for a link, a device and their like.
    func refuseUnlessRestorable() throws(ExtractionError) {
        guard case .other(let what) = kind else { return }
        throw ExtractionError("\(key) is \(what), which is not restored", .refused)
    }

    /// The MD5 that its bytes must have, in hexadecimal digits.
    ///
    /// An index has an `md5` wherever the ETag of a member is not one. Of an object beside its archive it has one where
    /// the ETag is one, since nobody read its bytes.
    var md5: String? {
        if let md5 = entry?.md5 { return md5 }
        guard entry?.location != nil, let eTag = entry?.eTag, eTag.utf8.count == 32, eTag.allSatisfy(\.isHexDigit)
        else { return nil }
        return eTag.lowercased()
    }
}

extension FoundMember {
    /// The checksum that the bytes of an object beside the archive must have, where it is one that is computed here.
    ///
    /// One made of the checksums of parts has `-N` behind it, and is compared with what S3 says alone.
    var copyChecksum: (algorithm: CRC.Algorithm, value: String)? {
        guard let text = entry?.copyChecksum, let colon = text.firstIndex(of: ":") else { return nil }
        let value = text[text.index(after: colon)...]
        guard let algorithm = CRC.Algorithm(rawValue: String(text[..<colon])), !value.contains("-") else { return nil }
        return (algorithm, String(value))
    }

    /// A member of an index.
    ///
    /// - Throws: ``ExtractionError`` where the entry's `archive` is no address and it has no location.
    init(_ entry: IndexEntry) throws {
        let place: Place
        if let location = entry.location {
            place = .located(location)
        } else {
            guard let object = try? ObjectReference(uri: entry.archive) else {
                throw ExtractionError("\(entry.key): the index does not say where its bytes are")
            }
            place = .object(object)
        }
        self.init(
            key: entry.key, name: entry.member ?? MemberName.plain("\(entry.bucket)/\(entry.key)"), size: entry.size,
            modified: entry.lastModified.flatMap { Int64(timestamp: $0) ?? Int64(httpDate: $0) }, kind: .file,
            crc32: entry.crc32, place: place, entry: entry)
    }

    /// A member of a zip without index.
    init(_ entry: ZipEntry) {
        let kind: Kind =
            switch entry.kind {
            case .file: .file
            case .directory: .folder
            case .other: .other("a link or device")
            }
        self.init(
            key: entry.key ?? entry.name, name: entry.name, size: entry.size, modified: entry.modified, kind: kind,
            crc32: entry.crc32, place: .behindHeader(entry), entry: nil)
    }

    /// A member of a tar without index.
    init(_ member: TarMember) {
        let kind: Kind =
            switch member.kind {
            case .file: .file
            case .directory: .folder
            case .symbolicLink(let target): .other("a symbolic link to \(target)")
            case .hardLink(let target): .other("a hard link to \(target)")
            case .other: .other("a device, a sparse file or of an unknown type")
            }
        self.init(
            key: member.key ?? member.name, name: member.name, size: member.size, modified: member.modified,
            kind: kind, crc32: nil, place: .inPassing, entry: nil)
    }
}
