internal import Glibc

/// How an archive is written.
public struct ArchiveOptions: Sendable, Equatable {
    /// The kind of archive.
    public var format: ArchiveFormat
    /// The most bytes that are compressed together, and read to restore a small member; at least 4 KiB.
    public var frameSize: Int
    /// The level: 0 to 12 of deflate, up to 22 of zstd; nil is 6 and 3, as `gzip` and `zstd` have it.
    public var level: Int?
    /// The number of threads to keep busy with compressing; each has a frame in hand and another waiting. The bytes of
    /// the archive do not depend on it.
    public var threads: Int

    /// Makes options.
    public init(
        format: ArchiveFormat, frameSize: Int = 1 << 20, level: Int? = nil, threads: Int = ArchiveOptions.cores
    ) {
        self.format = format
        self.frameSize = max(frameSize, 4 << 10)
        self.level = level
        self.threads = max(threads, 1)
    }

    /// The number of processors of this machine.
    public static var cores: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }
}
