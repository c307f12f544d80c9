/// A command line, an environment variable or an input that is wrong; the program ends with exit code 2.
public struct UsageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line: what is wrong, and what would be right.
    public var description: String

    /// Makes an error from its line.
    public init(_ description: String) { self.description = description }
}

/// How the program ends.
public enum ExitCode: Int32, Sendable {
    /// All done.
    case success = 0
    /// Done, but some objects failed; the records say which.
    case someFailed = 1
    /// The input or the usage is wrong.
    case usage = 2
    /// Try again: EX_TEMPFAIL of sysexits.h, on which AWS Batch retries.
    case tryAgain = 75
}
