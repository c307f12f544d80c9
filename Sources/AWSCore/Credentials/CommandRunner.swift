internal import CLinux
internal import Dispatch
internal import Glibc
internal import HTTPTransport

/// Runs a shell command and takes what it prints.
///
/// The command has a thread of its own to wait on it, a process group of its own to be ended with, nothing on standard
/// input, and this process's standard error.
struct CommandRunner: Sendable {
    enum Failure: Error, Equatable {
        case didNotStart(String)
        case exited(Int32)
        case endedBySignal(Int32)
        case tookTooLong
        case printedTooMuch
        case cancelled
    }

    let environment: Environment
    /// How long the command may take.
    var deadline: Duration = .seconds(60)
    /// How many bytes it may print.
    var outputLimit = 1 << 20

    func output(of command: String) async throws(Failure) -> [UInt8] {
        let child = Child()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: CheckedContinuation<Result<[UInt8], Failure>, Never>) in
                // A queue's thread, as the threads of Swift's tasks are few and must not be blocked.
                DispatchQueue(label: "credential_process").async {
                    waiter.resume(returning: Result { () throws(Failure) in try run(command, child) })
                }
            }
        } onCancel: {
            child.cancel()
        }
        return try result.get()
    }

    private func run(_ command: String, _ child: Child) throws(Failure) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        // At once, as another thread may start a process between two calls.
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw .didNotStart(errorText(errno)) }
        let (output, input) = (ends[0], ends[1])
        defer { close(output) }
        let started = Result { () throws(Failure) in
            try child.start(command, environment: environment, output: input)
        }
        close(input)
        try started.get()
        let end = ContinuousClock.now + deadline
        do throws(Failure) {
            let text = try read(output, until: end)
            try child.wait(until: end)
            return text
        } catch {
            child.kill()
            throw child.isCancelled ? .cancelled : error
        }
    }

    /// Everything up to the end of the output.
    private func read(_ descriptor: Int32, until end: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let remaining = ContinuousClock.now.duration(to: end)
            guard remaining > .zero else { throw .tookTooLong }
            var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = (min(remaining, .seconds(60)) / .milliseconds(1)).rounded(.up)
            guard poll(&event, 1, Int32(milliseconds)) > 0 else { continue }
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return output }
            if count > 0 { output += chunk[..<count] }
            guard output.count <= outputLimit else { throw .printedTooMuch }
        }
    }
}

/// The process of a command, from its start until it is waited for.
private final class Child: Sendable {
    private struct State {
        /// The process, whose number is that of its group; `nil` before its start and after its end.
        var pid: pid_t?
        var isCancelled = false
    }

    private let state = Locked(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func start(_ command: String, environment: Environment, output: Int32) throws(CommandRunner.Failure) {
        let code = state.withLock { state in
            guard !state.isCancelled else { return ECANCELED }
            var pid: pid_t = 0
            let code = spawnShell(command, environment: environment, output: output, pid: &pid)
            if code == 0 { state.pid = pid }
            return code
        }
        guard code == 0 else { throw isCancelled ? .cancelled : .didNotStart(errorText(code)) }
    }

    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            if let pid = state.pid { _ = Glibc.kill(-pid, SIGKILL) }
        }
    }

    /// Ends the process with all that it started, and waits for it.
    func kill() {
        state.withLock { state in
            guard let pid = state.pid else { return }
            _ = Glibc.kill(-pid, SIGKILL)
            while waitpid(pid, nil, 0) < 0, errno == EINTR {}
            state.pid = nil
        }
    }

    /// Waits for the process to end by itself, with success.
    func wait(until end: ContinuousClock.Instant) throws(CommandRunner.Failure) {
        while true {
            if let status = reap() {
                let signal = status & 0x7F
                guard signal == 0 else { throw .endedBySignal(signal) }
                let code = (status >> 8) & 0xFF
                guard code == 0 else { throw .exited(code) }
                return
            }
            guard ContinuousClock.now < end else { throw .tookTooLong }
            // It has closed its output and is about to exit: there is nothing to poll but the time.
            poll(nil, 0, 5)
        }
    }

    /// The wait status, once it has ended.
    private func reap() -> Int32? {
        state.withLock { state in
            guard let pid = state.pid else { return 0 }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) != 0 else { return nil }
            state.pid = nil
            return status
        }
    }
}

/// Starts `/bin/sh -c` and gives back an error number, or 0.
///
/// The pointers are those that `posix_spawn` asks for: it copies what they point to before it returns.
private func spawnShell(_ command: String, environment: Environment, output: Int32, pid: inout pid_t) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    var defaultSignals = sigset_t()
    var noSignals = sigset_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    sigemptyset(&noSignals)
    sigemptyset(&defaultSignals)
    for signal in [SIGINT, SIGTERM, SIGPIPE, SIGCHLD, SIGHUP] { sigaddset(&defaultSignals, signal) }
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setsigdefault(&attributes, &defaultSignals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let variables = environment.variables.map { "\($0.key)=\($0.value)" }
    var argumentPointers = ["/bin/sh", "-c", command].map { (text: String) in strdup(text) } + [nil]
    var variablePointers = variables.map { (text: String) in strdup(text) } + [nil]
    defer { for pointer in argumentPointers + variablePointers { free(pointer) } }
    return posix_spawn(&pid, "/bin/sh", &actions, &attributes, &argumentPointers, &variablePointers)
}

private func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
