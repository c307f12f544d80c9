import Console
import Extraction
import FoundationEssentials

/// What became of the members of an archive so far.
struct MemberTotals: Sendable {
    var done: Int64 = 0
    var unchanged: Int64 = 0
    var gone: Int64 = 0
    var planned: Int64 = 0
    var failed: Int64 = 0
    var bySize: Int64 = 0
    var interrupted: Int64 = 0
    var bytes: Int64 = 0
    var seconds = 0.0
    var isComplete = false

    mutating func add(_ member: RestoredMember) {
        if member.proof == .size { bySize += 1 }
        switch member.outcome {
        case .restored, .verified: done += 1
        case .unchanged: unchanged += 1
        case .sourceGone: gone += 1
        case .planned: planned += 1
        case .failed: failed += 1
        case .interrupted: interrupted += 1
        }
        if member.message == nil, ![.unchanged, .sourceGone].contains(member.outcome) { bytes &+= member.size }
    }

    /// How many members there were.
    var members: Int64 { done + unchanged + gone + planned + failed + interrupted }

    /// How the program ends.
    var exitCode: ExitCode {
        if interrupted > 0 || !isComplete { return .tryAgain }
        return failed > 0 ? .someFailed : .success
    }

    /// What went wrong, for the end of a summary.
    var problems: String {
        (failed > 0 ? "; \(Quantity.count(failed)) failed" : "")
            + (interrupted > 0 ? "; \(Quantity.count(interrupted)) interrupted" : "")
    }

    func counted(_ number: Int64) -> String { "\(Quantity.count(number)) member\(number == 1 ? "" : "s")" }
}

/// Counts and shows what becomes of members.
actor MemberLog {
    private var totals = MemberTotals()
    private let start = ContinuousClock.now
    private let output: OutputForm
    private let showsPlan: Bool
    private let isQuiet: Bool
    private let reporter: Reporter
    private let encoder = JSONEncoder()
    private var lines: [UInt8] = []

    private static let bufferSize = 64 << 10

    init(_ request: ArchiveRequest, showsPlan: Bool, _ reporter: Reporter) {
        output = request.output
        isQuiet = request.isQuiet
        self.showsPlan = showsPlan
        self.reporter = reporter
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// Runs what records members, and gives back what they came to.
    nonisolated func follow(
        _ body: (@escaping @Sendable (RestoredMember) async throws -> Void) async throws -> Bool
    ) async throws -> MemberTotals {
        let isComplete = try await showingProgress(on: isQuiet ? nil : reporter, { await self.progress }) {
            try await body { try await self.add($0) }
        }
        return try await finish(isComplete)
    }

    private func add(_ member: RestoredMember) async throws {
        totals.add(member)
        if output == .json {
            lines += Array(try encoder.encode(member)) + [UInt8(ascii: "\n")]
        } else if showsPlan, member.message == nil {
            lines += Array("\(member.key) -> \(member.destination ?? "")".onOneLine.utf8) + [UInt8(ascii: "\n")]
        }
        if lines.count >= Self.bufferSize { try flush() }
        guard let message = member.message else { return }
        let problems = totals.failed + totals.interrupted
        if problems <= CopyRun.shownFailures { await reporter.say(message, level: .error) }
        if problems == CopyRun.shownFailures {
            await reporter.say("further failures are not shown; --output json has them all")
        }
    }

    private func finish(_ isComplete: Bool) throws -> MemberTotals {
        try flush()
        totals.isComplete = isComplete
        totals.seconds = seconds
        return totals
    }

    private func flush() throws {
        try Descriptor.standardOutput.print(lines)
        lines.removeAll(keepingCapacity: true)
    }

    private var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    private var progress: Progress {
        var progress = Progress(unit: "members")
        progress.done = totals.members
        progress.failed = totals.failed
        progress.bytes = totals.bytes
        progress.seconds = seconds
        return progress
    }
}
