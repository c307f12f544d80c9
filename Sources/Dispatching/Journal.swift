import FoundationEssentials
import Glibc

/// What went wrong with a file of the journal or the report.
public struct JournalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line: the file, what went wrong, and what to do.
    public var description: String

    init(_ description: String) { self.description = description }

    /// The failure that `errno` names.
    init(_ path: String, _ step: String) { self.init("\(path): \(step) failed: \(String(cString: strerror(errno)))") }
}

/// The finished tasks of a job, in a file that is only appended to.
///
/// A task is taken for finished only if its line is whole, so an interrupted job goes on where it was; at worst the
/// tasks of the last second are invoked again. Memory holds a high-water mark and the tasks beyond it, not the rows.
public final class Journal {
    /// The file.
    public let path: String
    /// How many tasks have succeeded.
    public private(set) var succeeded: Int64 = 0
    /// How many tasks have failed for good.
    public private(set) var failed: Int64 = 0
    private(set) var finished = FinishedTasks()
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var lastSync = ContinuousClock.now

    /// Lines are written to disk together, at least once a second while there are any.
    private static let syncInterval = Duration.seconds(1)
    private static let bufferLimit = 64 << 10

    /// Opens the journal of a job in a directory, or begins one.
    ///
    /// - Parameters:
    ///   - directory: Where journals are kept; made if it is not there.
    ///   - job: The job's id, which names the file.
    ///   - manifest: What tells the manifest from others: a digest or an ETag.
    /// - Throws: `JournalError` when another process has it open, it belongs to another manifest, or the disk fails.
    public init(directory: String, job: String, manifest: String) throws(JournalError) {
        path = Self.path(in: directory, of: job)
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw JournalError("\(directory) cannot be made: \(error)")
        }
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw JournalError(path, "opening") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw JournalError("\(path) is in use: another s3haul dispatches this job")
        }
        try replay(header: "s3haul journal 1\t\(manifest)")
    }

    deinit { close(descriptor) }

    /// The file of a job's journal.
    public static func path(in directory: String, of job: String) -> String {
        "\(directory)/\(job.replacing("/", with: "_")).journal"
    }

    /// Adds a finished task.
    func append(_ entry: JournalEntry) throws(JournalError) {
        guard finished.insert(entry.index) else { return }
        count(entry)
        buffer += Array(entry.line.utf8)
        if buffer.count >= Self.bufferLimit || .now - lastSync >= Self.syncInterval { try sync() }
    }

    /// Brings to disk what is not there yet.
    func sync() throws(JournalError) {
        try write(buffer, to: descriptor, path: path)
        buffer.removeAll(keepingCapacity: true)
        guard fdatasync(descriptor) == 0 else { throw JournalError(path, "syncing") }
        lastSync = .now
    }

    /// Removes the file: the job is done, and its report written.
    public func remove() { unlink(path) }

    /// Calls `body` with every finished task, in the order in which they finished.
    func forEach(_ body: (JournalEntry) throws(JournalError) -> Void) throws(JournalError) {
        var isHeader = true
        try forEachLine { line throws(JournalError) in
            if isHeader {
                isHeader = false
            } else if let entry = JournalEntry(line: line) {
                try body(entry)
            }
        }
    }

    private func replay(header: String) throws(JournalError) {
        var isFirst = true
        let end = try forEachLine { line throws(JournalError) in
            if isFirst {
                isFirst = false
                guard line == header else {
                    throw JournalError(
                        "\(path) is of another manifest; give the run another id (--run), or remove the file")
                }
            } else if let entry = JournalEntry(line: line), finished.insert(entry.index) {
                count(entry)
            }
        }
        // What stands behind the last line end was cut off while it was written.
        guard ftruncate(descriptor, off_t(end)) == 0 else { throw JournalError(path, "truncating") }
        if isFirst { try write(Array("\(header)\n".utf8), to: descriptor, path: path) }
    }

    private func count(_ entry: JournalEntry) {
        if entry.hasSucceeded { succeeded += 1 } else { failed += 1 }
    }

    /// Calls `body` with every whole line, and gives back where the last one ends.
    @discardableResult
    private func forEachLine(_ body: (String) throws(JournalError) -> Void) throws(JournalError) -> Int64 {
        var offset: Int64 = 0
        var rest: [UInt8] = []
        var end: Int64 = 0
        while true {
            let block = try read(at: offset)
            if block.isEmpty { return end }
            offset += Int64(block.count)
            rest += block
            var start = rest.startIndex
            while let newline = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                try body(String(decoding: rest[start..<newline], as: UTF8.self))
                end += Int64(newline - start + 1)
                start = newline + 1
            }
            rest.removeFirst(start)
        }
    }

    private func read(at offset: Int64) throws(JournalError) -> [UInt8] {
        var count = 0
        // The array's own memory, within the call that fills it.
        let block = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, initialized in
            repeat {
                count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            } while count < 0
                && errno == EINTR
            initialized = max(0, count)
        }
        guard count >= 0 else { throw JournalError(path, "reading") }
        return block
    }
}
