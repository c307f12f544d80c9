import Console
import Glibc
import HTTPTransport

/// The bytes of a file that is sent, chunk by chunk.
final class SpooledFile: Sendable {
    let size: Int64
    private let descriptor: Int32
    private let offset = Locked<Int64>(0)

    /// Reads all of a file.
    init(path: String) throws(UsageError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw UsageError("\(path): \(String(cString: strerror(errno)))") }
        size = Int64(max(0, lseek(descriptor, 0, SEEK_END)))
    }

    /// Reads all of an open file.
    init(descriptor: Int32) {
        self.descriptor = dup(descriptor)
        size = Int64(max(0, lseek(descriptor, 0, SEEK_END)))
    }

    deinit { close(descriptor) }

    /// The next chunk; `nil` at the end.
    func next() throws -> [UInt8]? {
        let start = offset.withLock { $0 }
        let chunk = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
            // The array's own memory, within the call that fills it.
            count = max(0, pread(descriptor, buffer.baseAddress, buffer.count, off_t(start)))
        }
        if chunk.isEmpty, start < size {
            throw UsageError("what was written to a temporary file cannot be read: \(String(cString: strerror(errno)))")
        }
        offset.withLock { $0 += Int64(chunk.count) }
        return chunk.isEmpty ? nil : chunk
    }
}
