import Glibc

/// Who carries out a transfer, as far as another worker must know to tell a predecessor from a rival.
public struct WorkerIdentity: Sendable, Hashable, Codable {
    /// The name of the host, which for a container is its own.
    public var host: String
    /// The process on that host.
    public var process: Int32
    /// When that process began, in clock ticks since the host did; tells it from a later one of the same number.
    public var processStart: UInt64?
    /// `AWS_BATCH_JOB_ID`.
    public var batchJob: String?
    /// `AWS_BATCH_JOB_ATTEMPT`, from 1 on.
    public var batchAttempt: Int?

    /// Names a worker.
    public init(
        host: String, process: Int32, processStart: UInt64? = nil, batchJob: String? = nil, batchAttempt: Int? = nil
    ) {
        self.host = host
        self.process = process
        self.processStart = processStart
        self.batchJob = batchJob
        self.batchAttempt = batchAttempt
    }

    enum CodingKeys: String, CodingKey {
        case host, process
        case processStart = "process_start"
        case batchJob = "batch_job"
        case batchAttempt = "batch_attempt"
    }

    /// The process that runs this.
    ///
    /// - Parameter environment: The environment's variables, of which those that AWS Batch sets are read.
    /// - Returns: Its identity.
    public static func current(environment: [String: String]) -> WorkerIdentity {
        var name = utsname()
        let host = uname(&name) == 0 ? withUnsafeBytes(of: name.nodename, string) : "localhost"
        return WorkerIdentity(
            host: host, process: getpid(), processStart: startOf(getpid()),
            batchJob: environment["AWS_BATCH_JOB_ID"],
            batchAttempt: environment["AWS_BATCH_JOB_ATTEMPT"].flatMap(Int.init))
    }

    /// Whether this worker is known to be over for `successor`: an earlier attempt of the same Batch job, or a process
    /// of the same host that no longer runs.
    public func isOver(
        for successor: WorkerIdentity, isRunning: (WorkerIdentity) -> Bool = { $0.isRunningHere }
    ) -> Bool {
        if let batchJob, batchJob == successor.batchJob {
            return (batchAttempt ?? 0) < (successor.batchAttempt ?? 0)
        }
        return batchJob == nil && host == successor.host && !isRunning(self)
    }

    /// Whether the process runs on this host.
    public var isRunningHere: Bool {
        guard process > 0, kill(process, 0) == 0 || errno == EPERM else { return false }
        guard let processStart, let found = Self.startOf(process) else { return true }
        return processStart == found
    }

    /// Field 22 of `/proc/PID/stat`, counted behind the command's name, which may hold anything (man 5 proc).
    private static func startOf(_ process: Int32) -> UInt64? {
        guard let file = fopen("/proc/\(process)/stat", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 1024)
        let count = fread(&buffer, 1, buffer.count, file)
        guard let name = buffer[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = buffer[(name + 1)..<count].split(separator: UInt8(ascii: " "))
        return fields.count > 19 ? UInt64(String(decoding: fields[19], as: UTF8.self)) : nil
    }

    /// The text of a C array, which is no longer than the array even where the zero at its end is missing.
    private static func string(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
