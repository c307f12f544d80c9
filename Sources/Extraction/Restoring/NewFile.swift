internal import Archives
internal import CLinux
internal import FoundationEssentials
internal import Glibc

/// A file that is written under another name until it is whole.
final class NewFile: MemberSink {
    private let folder: OpenFolder
    private let name: String
    private let path: String
    private let modified: Int64?
    private let replaces: Bool
    private let temporary = ".s3haul-\(UUID().uuidString)"
    private var descriptor: Int32
    private var crc32 = CRC32()
    private var size: Int64 = 0

    /// `RENAME_NOREPLACE`, which glibc's header hides like the function.
    private static let replaceNothing: UInt32 = 1

    init(
        in folder: OpenFolder, named name: String, path: String, modified: Int64?, replaces: Bool
    ) throws(ExtractionError) {
        self.folder = folder
        self.name = name
        self.path = path
        self.modified = modified
        self.replaces = replaces
        descriptor = openat(
            folder.descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure("cannot be written") }
    }

    deinit { remove() }

    func write(_ bytes: ArraySlice<UInt8>) throws {
        crc32.update(bytes)
        size += Int64(bytes.count)
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || (count < 0 && errno == EINTR) else { throw failure("cannot be written") }
            rest = rest.dropFirst(max(count, 0))
        }
    }

    func commit() throws -> Bool {
        if let modified {
            let time = timespec(tv_sec: Int(modified), tv_nsec: 0)
            futimens(descriptor, [time, time])
        }
        guard close(descriptor) == 0 else {
            descriptor = -1
            throw failure("cannot be written")
        }
        descriptor = -1
        if replaces {
            guard renameat(folder.descriptor, temporary, folder.descriptor, name) == 0 else {
                throw failure("cannot be replaced")
            }
            return true
        }
        let problem = giveName()
        if problem == 0 { return true }
        unlinkat(folder.descriptor, temporary, 0)
        guard problem == EEXIST else {
            errno = problem
            throw failure("cannot be written")
        }
        guard isThereAlready() else {
            throw ExtractionError("\(path) is there already, with other bytes; --overwrite replaces it", .refused)
        }
        return false
    }

    /// Gives the file its name, unless something has it already.
    ///
    /// - Returns: 0, or why it cannot, as `errno` has it.
    private func giveName() -> Int32 {
        if renameat2(folder.descriptor, temporary, folder.descriptor, name, Self.replaceNothing) == 0 { return 0 }
        guard errno == EINVAL else { return errno }
        // A file system that cannot do that, as NFS: a link is refused, too, where something has the name.
        guard linkat(folder.descriptor, temporary, folder.descriptor, name, 0) == 0 else { return errno }
        unlinkat(folder.descriptor, temporary, 0)
        return 0
    }

    func discard() { remove() }

    private func remove() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlinkat(folder.descriptor, temporary, 0)
    }

    private func failure(_ what: String) -> ExtractionError {
        ExtractionError("\(path) \(what): \(String(cString: strerror(errno)))", errno == ENOSPC ? .transient : .refused)
    }

    /// Whether the file of that name has the same bytes, as an earlier attempt may have left it.
    private func isThereAlready() -> Bool {
        let there = openat(folder.descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard there >= 0 else { return false }
        defer { close(there) }
        var status = stat()
        guard fstat(there, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int64(status.st_size) == size else {
            return false
        }
        var found = CRC32()
        var left = size
        while left > 0 {
            let piece = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
                // The array's own memory, within the call that fills it.
                count = max(0, read(there, buffer.baseAddress, buffer.count))
            }
            if piece.isEmpty { return false }
            found.update(piece)
            left -= Int64(piece.count)
        }
        return found.value == crc32.value
    }
}
