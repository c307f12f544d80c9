import FoundationEssentials

/// Messages and progress on standard error: a bar where a person looks at it, JSON lines where a log is kept.
public actor Reporter {
    /// Nothing is shown of what takes less.
    static let patience = Duration.seconds(2)

    private let output: Descriptor
    private let isTerminal: Bool
    private let isForPrograms: Bool
    private var hasBar = false

    /// Makes a reporter.
    ///
    /// - Parameters:
    ///   - output: Where it writes.
    ///   - isForPrograms: Whether messages are JSON lines, too, where no terminal shows them.
    public init(_ output: Descriptor = .standardError, isForPrograms: Bool = false) {
        self.output = output
        isTerminal = output.isTerminal
        self.isForPrograms = isForPrograms
    }

    /// Shows one line, above the bar if there is one.
    public func say(_ message: String, level: LogLine.Level = .info) {
        clear()
        let isJSON = isForPrograms && !isTerminal
        show(isJSON ? LogLine(message, level: level).text : "s3haul: \(message.onOneLine)\n")
    }

    /// Shows how far a run is, until the task is cancelled; the bar is gone afterwards.
    ///
    /// - Parameter current: Asked four times a second for a terminal, every ten seconds for a log.
    public func follow(_ current: @Sendable () async -> Progress) async {
        let pause = isTerminal ? Duration.milliseconds(250) : .seconds(10)
        var next = Self.patience
        while (try? await Task.sleep(for: next)) != nil {
            let progress = await current()
            if isTerminal {
                show("\r\(progress.bar(width: output.columns))\u{1B}[K")
                hasBar = true
            } else {
                show(progress.logLine(time: Date().formatted(.iso8601)) + "\n")
            }
            next = pause
        }
        clear()
    }

    private func clear() {
        if hasBar { show("\r\u{1B}[K") }
        hasBar = false
    }

    /// Where standard error cannot be written to there is nobody left to tell.
    private func show(_ text: String) { try? output.print(text) }
}

/// Shows progress while a body runs; shows none without a reporter.
public func showingProgress<Value>(
    on reporter: Reporter?, _ current: @escaping @Sendable () async -> Progress, _ body: () async throws -> Value
) async rethrows -> Value {
    async let _ = reporter?.follow(current)
    return try await body()
}

extension String {
    /// The text with control characters made visible, so that a key cannot break a line or steer a terminal.
    public var onOneLine: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.properties.generalCategory == .control {
                text += scalar == "\n" ? "\\n" : scalar == "\t" ? "\\t" : "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }
}
