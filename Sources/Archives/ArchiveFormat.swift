/// The kinds of archive that s3haul writes.
public enum ArchiveFormat: String, Sendable, Equatable, CaseIterable {
    /// POSIX pax tar.
    case tar
    /// The same, in frames of gzip.
    case tarGzip = "tar.gz"
    /// The same, in frames of zstd.
    case tarZstd = "tar.zst"
    /// Zip, with zip64 where sizes ask for it.
    case zip

    /// What comes behind the dot of an archive's name.
    public var fileExtension: String { rawValue }

    /// The Content-Type of an archive.
    public var contentType: String {
        switch self {
        case .tar: "application/x-tar"
        case .tarGzip: "application/gzip"
        case .tarZstd: "application/zstd"
        case .zip: "application/zip"
        }
    }
}

/// How the bytes of a frame are written.
public enum FrameEncoding: String, Sendable, Equatable, CaseIterable {
    /// As they are.
    case none
    /// As one member of a gzip file, RFC 1952.
    case gzip
    /// As one frame of zstd, RFC 8878.
    case zstd
    /// As a deflate stream without header, RFC 1951: a compressed member of a zip.
    case deflate
}
