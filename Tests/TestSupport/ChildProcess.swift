import Glibc

/// A program that a test runs.
public final class ChildProcess: Sendable {
    private let pid: pid_t

    /// Starts a program, found by `PATH`, with its output thrown away unless `output` names a file.
    ///
    /// - Throws: `ServerError` when it cannot be started.
    public init(_ command: [String], output: String = "/dev/null") throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments = command.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var child: pid_t = 0
        guard posix_spawnp(&child, command[0], &actions, nil, &arguments, environ) == 0 else {
            throw ServerError(message: "\(command[0]) cannot be started")
        }
        pid = child
    }

    /// The exit code, or 128 and the signal's number; waits for the end.
    @discardableResult
    public func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// Ends it and waits for the end.
    public func terminate() {
        kill(pid, SIGKILL)
        wait()
    }
}
