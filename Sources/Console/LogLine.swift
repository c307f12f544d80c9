import FoundationEssentials

/// A message as one line of a log, in JSON.
public struct LogLine: Sendable, Encodable {
    /// How much a message matters.
    public enum Level: String, Sendable, Encodable {
        /// It tells what is done.
        case info
        /// Something was not done.
        case error
    }

    private let time: String
    private let level: Level
    private let message: String

    /// Makes a line that is said now.
    public init(_ message: String, level: Level = .info) {
        time = Date().formatted(.iso8601)
        self.level = level
        self.message = message
    }

    /// The line, with its end.
    public var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Three texts can always be encoded.
        let line = (try? encoder.encode(self)) ?? Data()
        return String(decoding: line, as: UTF8.self) + "\n"
    }
}
