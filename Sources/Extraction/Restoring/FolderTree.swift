internal import FoundationEssentials
internal import Glibc
internal import HTTPTransport

/// A folder that is open.
final class OpenFolder: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

/// The folders below a target, opened one from the other; those used last are kept open.
final class FolderTree: Sendable {
    private let path: String
    private let root: OpenFolder
    /// By the bytes of their paths: names that are canonically equivalent are two folders to the file system.
    private let open = Locked<[[UInt8]: OpenFolder]>([:])

    private static let mostOpen = 128

    init(_ path: String) throws(ExtractionError) {
        self.path = path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ExtractionError("\(path): \(String(cString: strerror(errno)))") }
        root = OpenFolder(descriptor)
    }

    /// The folder at a path below the target; it and those above it are made where they are missing.
    func folder(_ components: some Collection<String>) throws(ExtractionError) -> OpenFolder {
        let components = Array(components)
        if let known = open.withLock({ $0[Self.bytes(components)] }) { return known }
        var folder = root
        for (position, name) in components.enumerated() {
            let path = Array(components[...position])
            let bytes = Self.bytes(path)
            if let known = open.withLock({ $0[bytes] }) {
                folder = known
                continue
            }
            folder = try enter(name, of: folder, path)
            open.withLock { [folder] open in
                if open.count >= Self.mostOpen { open.removeAll() }
                open[bytes] = folder
            }
        }
        return folder
    }

    private static func bytes(_ path: [String]) -> [UInt8] { Array(path.joined(separator: "/").utf8) }

    private func enter(_ name: String, of folder: OpenFolder, _ path: [String]) throws(ExtractionError) -> OpenFolder {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        var descriptor = openat(folder.descriptor, name, flags)
        if descriptor < 0, errno == ENOENT {
            // Another task may make it at the same time.
            _ = mkdirat(folder.descriptor, name, 0o777)
            descriptor = openat(folder.descriptor, name, flags)
        }
        guard descriptor >= 0 else {
            let place = ([self.path] + path).joined(separator: "/")
            let isInTheWay = errno == ELOOP || errno == ENOTDIR
            throw ExtractionError(
                isInTheWay
                    ? "\(place): a file or a link stands in the way" : "\(place): \(String(cString: strerror(errno)))",
                .refused)
        }
        return OpenFolder(descriptor)
    }
}
