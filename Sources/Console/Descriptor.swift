import Glibc

/// Standard output or standard error, written to without a buffer in between.
public struct Descriptor: Sendable {
    /// Why bytes could not be written.
    public enum WriteError: Error, Sendable, Equatable {
        /// Nobody reads any more: the pipe's other end is closed.
        case closed
        /// Another failure, as `errno` has it.
        case failed(errno: Int32)
    }

    /// What writes: `write(2)`, or a test's; either reads the bytes within the call only.
    typealias Write = @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> (count: Int, errno: Int32)

    /// Results.
    public static let standardOutput = Descriptor(1)
    /// Messages and progress.
    public static let standardError = Descriptor(2)

    private let number: Int32
    private let write: Write

    /// Writes to a descriptor that somebody else closes.
    public init(_ number: Int32) { self.init(number, write: systemWrite) }

    init(_ number: Int32, write: @escaping Write) {
        self.number = number
        self.write = write
    }

    /// Makes writing to a closed pipe an error instead of the end of the process.
    public static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Whether a person looks at it.
    public var isTerminal: Bool { isatty(number) == 1 }

    /// How many columns the terminal has; 80 where it does not say.
    public var columns: Int {
        var size = winsize()
        return ioctl(number, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Writes all of a text, however many calls that takes.
    public func print(_ text: String) throws(WriteError) { try print(Array(text.utf8)) }

    /// Writes all bytes, however many calls that takes.
    public func print(_ bytes: [UInt8]) throws(WriteError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let result = rest.withUnsafeBytes { write(number, $0) }
            if result.count >= 0 {
                rest = rest.dropFirst(result.count)
            } else if result.errno == EPIPE {
                throw .closed
            } else if result.errno == EAGAIN {
                var entry = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                _ = poll(&entry, 1, 1_000)
            } else if result.errno != EINTR {
                throw .failed(errno: result.errno)
            }
        }
    }
}

private let systemWrite: Descriptor.Write = { descriptor, bytes in
    let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    return (count, count < 0 ? errno : 0)
}
