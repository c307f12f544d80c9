import Checksums
import Glibc

/// Writes the rows of one status into as many files as they need, and takes their MD5s while it does.
struct ReportFiles: ~Copyable {
    private let status: String
    private let job: String
    private let directory: String
    private var files: [CompletionReport.File] = []
    private var descriptor: Int32 = -1
    private var digest: MD5?
    private var rows = 0
    private var buffer: [UInt8] = []

    private static let bufferSize = 256 << 10

    init(status: String, job: String, directory: String) {
        self.status = status
        self.job = job
        self.directory = directory
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    private var name: String { "job-\(job)/results/\(status)-\(files.count + 1).csv" }
    private var path: String { "\(directory)/\(name)" }

    /// Adds a row, and begins a new file where the last one is full.
    mutating func append(_ row: String) throws(JournalError) {
        if descriptor < 0 { try open() }
        buffer += Array(row.utf8) + [UInt8(ascii: "\n")]
        rows += 1
        if buffer.count >= Self.bufferSize { try flush() }
        if rows == CompletionReport.rowsPerFile { try close() }
    }

    /// All files, the last one closed.
    mutating func finish() throws(JournalError) -> [CompletionReport.File] {
        if descriptor >= 0 { try close() }
        return files
    }

    private mutating func open() throws(JournalError) {
        digest = MD5()
        descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw JournalError(path, "opening") }
        rows = 0
    }

    private mutating func flush() throws(JournalError) {
        digest?.update(buffer)
        try write(buffer, to: descriptor, path: path)
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func close() throws(JournalError) {
        try flush()
        guard let md5 = digest.take()?.finish() else {
            throw JournalError("\(path): a report needs MD5, which this machine's libcrypto is told not to have")
        }
        files.append(.init(name: name, path: path, status: status, md5: md5.hexadecimal))
        Glibc.close(descriptor)
        descriptor = -1
    }
}

/// Writes all bytes to a file; the system reads them within its calls.
func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(JournalError) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 || errno == EINTR else { throw JournalError(path, "writing") }
        rest = rest.dropFirst(max(0, count))
    }
}
