import Checksums
import Dispatch
import Glibc

/// Checkpoints as files in a directory of this host.
///
/// Workers of the same host keep out of each other's way by a lock on a file in that directory. Files are read and
/// written on a thread of their own, where a disk or another worker may keep it waiting.
public struct LocalCheckpointStore: CheckpointStore {
    private let directory: String
    private let patience: Duration
    private let thread = DispatchQueue(label: "s3haul.checkpoints")

    /// Uses a directory, which is made where it is missing.
    ///
    /// - Throws: `CheckpointError.unavailable` when it cannot be written to.
    public init(directory: String) throws(CheckpointError) {
        try self.init(directory: directory, patience: .seconds(10))
    }

    /// Uses a directory; `patience` is how long a worker waits for another one that writes there.
    init(directory: String, patience: Duration) throws(CheckpointError) {
        self.directory = directory
        self.patience = patience
        try makeDirectories()
        guard access(directory, W_OK | X_OK) == 0 else { throw .system("write to", directory) }
    }

    /// Where checkpoints are kept when nothing else is said: `$XDG_STATE_HOME/s3haul/checkpoints`, or under
    /// `~/.local/state`; `nil` when the environment names neither.
    public static func defaultDirectory(environment: [String: String]) -> String? {
        func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        let base = absolute("XDG_STATE_HOME") ?? absolute("HOME").map { $0 + "/.local/state" }
        return base.map { $0 + "/s3haul/checkpoints" }
    }

    /// The checkpoint in the file of this name.
    public func read(_ name: String) async throws(CheckpointError) -> StoredCheckpoint? {
        try await onThread { () throws(CheckpointError) in try load(path(name)) }
    }

    /// Writes the file anew and puts it in the place of the old one.
    public func write(
        _ checkpoint: Checkpoint, as name: String, replacing token: String?
    ) async throws(CheckpointError) -> StoredCheckpoint {
        let bytes = try CheckpointCoding.encode(checkpoint)
        let path = path(name)
        return try await onThread { () throws(CheckpointError) in
            try locked { () throws(CheckpointError) in
                guard try load(path)?.token == token else { throw .conflict }
                try replace(path, with: bytes)
                guard let stored = try load(path) else { throw .conflict }
                return stored
            }
        }
    }

    /// Removes the file.
    public func remove(_ name: String, token: String) async throws(CheckpointError) {
        let path = path(name)
        try await onThread { () throws(CheckpointError) in
            try locked { () throws(CheckpointError) in
                guard let stored = try load(path) else { return }
                guard stored.token == token else { throw .conflict }
                guard unlink(path) == 0 else { throw .system("remove", path) }
            }
        }
    }

    private func path(_ name: String) -> String { "\(directory)/\(name)" }

    private func makeDirectories() throws(CheckpointError) {
        var path = ""
        for name in directory.split(separator: "/", omittingEmptySubsequences: true) {
            path += (path.isEmpty && !directory.hasPrefix("/") ? "" : "/") + name
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system("make", path) }
        }
    }

    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(CheckpointError) -> Value
    ) async throws(CheckpointError) -> Value {
        let outcome: Result<Value, CheckpointError> = await withCheckedContinuation { continuation in
            thread.async { continuation.resume(returning: Result(catching: body)) }
        }
        return try outcome.get()
    }

    private func locked<Value>(
        _ body: () throws(CheckpointError) -> Value
    ) throws(CheckpointError) -> Value {
        let path = "\(directory)/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("open", path) }
        defer { close(descriptor) }
        let end = ContinuousClock.now + patience
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR || errno == EWOULDBLOCK, .now < end else { throw .system("lock", path, mayPass: true) }
            usleep(5_000)
        }
        return try body()
    }

    private func load(_ path: String) throws(CheckpointError) -> StoredCheckpoint? {
        guard let file = fopen(path, "re") else {
            if errno == ENOENT { return nil }
            throw .system("read", path)
        }
        defer { fclose(file) }
        var status = stat()
        guard fstat(fileno(file), &status) == 0 else { throw .system("read", path) }
        var bytes = [UInt8](repeating: 0, count: CheckpointCoding.limit)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw .system("read", path) }
        bytes.removeLast(bytes.count - count)
        return StoredCheckpoint(
            CheckpointCoding.decode(bytes), token: SHA256.digest(bytes).hexadecimal,
            written: Int64(status.st_mtim.tv_sec))
    }

    /// The file is on the disk before it takes the place of the old one, so that there is always a whole one.
    private func replace(_ path: String, with bytes: [UInt8]) throws(CheckpointError) {
        let temporary = "\(path).new"
        guard let file = fopen(temporary, "we") else { throw .system("write", temporary) }
        let isWritten =
            fwrite(bytes, 1, bytes.count, file) == bytes.count && fflush(file) == 0 && fdatasync(fileno(file)) == 0
        guard fclose(file) == 0, isWritten else {
            let error = CheckpointError.system("write", temporary)
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else { throw .system("write", path) }
    }
}

extension CheckpointError {
    /// What `errno` says of an attempt to do something with a path.
    fileprivate static func system(_ verb: String, _ path: String, mayPass: Bool = false) -> CheckpointError {
        let code = errno
        let message = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        return .unavailable("cannot \(verb) \(path): \(message)", mayPass: mayPass)
    }
}
