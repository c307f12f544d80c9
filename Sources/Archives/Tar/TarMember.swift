/// A member as a tar's headers tell of it.
public struct TarMember: Sendable, Equatable {
    /// What a member is.
    public enum Kind: Sendable, Equatable {
        case file
        case directory
        /// A symbolic link, and what it points at.
        case symbolicLink(String)
        /// A hard link, and the name of the member that it is.
        case hardLink(String)
        /// What s3haul does not restore: a device, a sparse file, or the type of an unknown header.
        case other(UInt8)
    }

    /// The name, as it stands in the archive.
    public var name: String
    /// The key, where s3haul kept one because the name had to differ.
    public var key: String?
    /// What it is.
    public var kind: Kind
    /// The bytes of its data in the archive.
    public var size: Int64
    /// The time of the last change, in seconds since 1970, UTC.
    public var modified: Int64
    /// Where its data begins in the tar.
    public var dataOffset: Int64
    /// Where the next member's headers begin; a reader made for that offset goes on there.
    public var nextOffset: Int64
}
