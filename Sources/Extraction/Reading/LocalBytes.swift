internal import Glibc

/// The bytes of a file of this machine.
public final class LocalBytes: ArchiveBytes {
    /// The bytes of the file as it was opened.
    public let size: Int64
    /// Its path.
    public let name: String
    /// What tells it from others and from itself at another time.
    let identity: String
    private let descriptor: Int32

    /// Opens a file.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: ``ExtractionError`` where it cannot be read, or cannot be read from any place on, as a pipe.
    public init?(path: String) throws(ExtractionError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        name = path
        var status = stat()
        let isOpen = descriptor >= 0 && fstat(descriptor, &status) == 0
        size = Int64(status.st_size)
        identity = "\(status.st_dev) \(status.st_ino) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(size)"
        if descriptor < 0, errno == ENOENT { return nil }
        guard isOpen else { throw ExtractionError("\(path): \(String(cString: strerror(errno)))") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw ExtractionError("\(path) is not a file") }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Begins to read.
    public func reader(of range: Range<Int64>) -> any ChunkReader { Reader(file: self, range: range) }

    private final class Reader: ChunkReader {
        private let file: LocalBytes
        private var range: Range<Int64>
        private static let chunkSize: Int64 = 1 << 20

        init(file: LocalBytes, range: Range<Int64>) {
            self.file = file
            self.range = range
        }

        func next() throws -> [UInt8]? {
            guard !range.isEmpty else { return nil }
            try Task.checkCancellation()
            let wanted = Int(min(Self.chunkSize, Int64(range.count)))
            var problem: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                // The array's own memory, within the call that fills it.
                let result = pread(file.descriptor, buffer.baseAddress, wanted, off_t(range.lowerBound))
                if result < 0 { problem = errno }
                count = max(0, result)
            }
            guard problem == 0 else { throw ExtractionError("\(file.name): \(String(cString: strerror(problem)))") }
            guard !chunk.isEmpty else {
                throw ExtractionError("\(file.name) ends before byte \(range.upperBound)", .damaged)
            }
            range = (range.lowerBound + Int64(chunk.count))..<range.upperBound
            return chunk
        }
    }
}
