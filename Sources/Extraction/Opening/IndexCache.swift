internal import Checksums
internal import FoundationEssentials
internal import Glibc
internal import S3

/// Keeps indexes that were read from S3 in a folder of this machine, so that the next extraction need not read them.
///
/// A file is named after the object and its ETag, is written under another name first, and is never changed. Any number
/// of programs may share the folder.
public struct IndexCache: Sendable {
    private let folder: String
    private let limit: Int64

    /// Makes a cache.
    ///
    /// - Parameters:
    ///   - folder: The folder; it is made when it is needed.
    ///   - limit: The most bytes to keep; the indexes that were not used for longest go first.
    public init(folder: String, limit: Int64 = 1 << 30) {
        self.folder = folder
        self.limit = limit
    }

    /// The folder that holds unless another is named: `$XDG_CACHE_HOME/s3haul`, or `~/.cache/s3haul`.
    public static func defaultFolder(environment: [String: String]) -> String? {
        if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return folder + "/s3haul" }
        return environment["HOME"].map { $0 + "/.cache/s3haul" }
    }

    /// The index as a file of this machine, read from S3 if it is not there yet; as it is in S3 where no file can be
    /// written.
    func local(_ stored: StoredBytes) async throws -> any ArchiveBytes {
        let identity = "\(stored.object.bucket)\n\(stored.object.key)\n\(stored.head.eTag)\n\(stored.size)"
        let path = "\(folder)/\(SHA256.digest(Array(identity.utf8)).hexadecimal).index.gz"
        if let kept = try? LocalBytes(path: path), kept.size == stored.size {
            utimensat(AT_FDCWD, path, nil, 0)
            return kept
        }
        guard stored.size <= limit, let file = CacheFile(path: path, below: folder) else { return stored }
        let reader = try await stored.reader()
        while let chunk = try await reader.next() {
            guard file.append(chunk) else { return stored }
        }
        guard file.keep(), let kept = try? LocalBytes(path: path) else { return stored }
        makeRoom(keeping: path)
        return kept
    }

    private func makeRoom(keeping newest: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var files: [(path: String, size: Int64, used: Int)] = []
        for name in names where name.hasSuffix(".index.gz") {
            var status = stat()
            guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
            files.append(("\(folder)/\(name)", Int64(status.st_size), status.st_mtim.tv_sec))
        }
        var total = files.reduce(0) { $0 + $1.size }
        for file in files.sorted(by: { $0.used < $1.used }) where total > limit && file.path != newest {
            unlink(file.path)
            total -= file.size
        }
    }
}

/// A file of the cache while it is written; gone when it is not kept.
private final class CacheFile {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var isKept = false

    init?(path: String, below folder: String) {
        self.path = path
        temporary = "\(folder)/.\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor < 0 { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if descriptor >= 0, !isKept { unlink(temporary) }
    }

    func append(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(count, 0))
        }
        return true
    }

    func keep() -> Bool {
        isKept = rename(temporary, path) == 0
        return isKept
    }
}
