/// What is worth compressing.
enum Compressibility {
    /// Whether the type or the name tells that the bytes are compressed already.
    static func isCompressed(_ member: ArchiveMember) -> Bool {
        if let type = member.contentType, compressedTypes.contains(where: { type.lowercased().hasPrefix($0) }) {
            return true
        }
        guard let dot = member.key.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return compressedExtensions.contains(member.key[dot...].dropFirst().lowercased())
    }

    /// Whether a member that begins with these bytes should be compressed.
    static func isWorthwhile(_ member: ArchiveMember, _ bytes: [UInt8]) throws(ArchiveError) -> Bool {
        if isCompressed(member) { return false }
        return try !trialFails(bytes)
    }

    /// Whether a trial on a sixteenth of the bytes saves less than a fiftieth.
    ///
    /// Sixteen samples, spread evenly, are compressed together at the fastest level; less than 64 KiB is not worth one.
    static func trialFails(_ bytes: [UInt8]) throws(ArchiveError) -> Bool {
        guard bytes.count >= 64 << 10 else { return false }
        let stride = bytes.count / 16
        let sample = (0..<16).flatMap { bytes[($0 * stride)..<($0 * stride + stride / 16)] }
        return try DeflateCompressor(level: 1).deflate(sample).count >= sample.count / 50 * 49
    }

    private static let compressedTypes = [
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic", "audio/mpeg", "audio/aac",
        "audio/ogg", "audio/mp4", "audio/flac", "video/mp4", "video/mpeg", "video/webm", "video/quicktime",
        "video/x-matroska", "application/gzip", "application/x-gzip", "application/zip", "application/zstd",
        "application/x-7z-compressed", "application/x-xz", "application/x-bzip2", "application/vnd.rar",
        "application/java-archive", "font/woff",
    ]
    private static let compressedExtensions: Set<String> = [
        "7z", "aac", "apk", "avif", "br", "bz2", "flac", "gif", "gz", "heic", "jar", "jpeg", "jpg", "lz4", "m4a", "m4v",
        "mkv", "mov", "mp3", "mp4", "ogg", "png", "rar", "tgz", "webm", "webp", "whl", "woff", "woff2", "xz", "zip",
        "zst",
    ]
}
