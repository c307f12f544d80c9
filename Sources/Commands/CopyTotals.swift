import Console
import Jobs

/// What became of the objects of a run so far.
struct CopyTotals: Sendable, Equatable {
    var copied: Int64 = 0
    var unchanged: Int64 = 0
    var planned: Int64 = 0
    var failed: Int64 = 0
    var interrupted: Int64 = 0
    var bytes: Int64 = 0
    var requests: Int64 = 0

    /// Counts an object.
    mutating func add(_ record: TaskRecord) {
        switch record.outcome {
        case .copied, .archived, .deleted:
            copied += 1
            bytes &+= record.size ?? 0
        case .unchanged: unchanged += 1
        case .planned, .submitted, .queued:
            planned += 1
            bytes &+= record.size ?? 0
        case .failed: failed += 1
        case .interrupted: interrupted += 1
        }
        requests &+= Int64(record.requests ?? 0)
    }

    /// How many objects there were.
    var objects: Int64 { copied + unchanged + planned + failed + interrupted }

    /// How the program ends.
    func exitCode(isComplete: Bool) -> ExitCode {
        if interrupted > 0 || !isComplete { return .tryAgain }
        return failed > 0 ? .someFailed : .success
    }

    /// One line on what was done.
    func summary(seconds: Double, isDryRun: Bool) -> String {
        if isDryRun {
            return "would copy \(counted(planned)), \(Quantity.bytes(bytes))"
                + (failed > 0 ? "; \(Quantity.count(failed)) cannot be copied" : "")
        }
        var text = "copied \(counted(copied)), \(Quantity.bytes(bytes)), in \(Quantity.duration(seconds))"
        if unchanged > 0 { text += "; \(Quantity.count(unchanged)) already there" }
        if failed > 0 { text += "; \(Quantity.count(failed)) failed" }
        if interrupted > 0 { text += "; \(Quantity.count(interrupted)) interrupted" }
        return text
    }

    private func counted(_ number: Int64) -> String { "\(Quantity.count(number)) object\(number == 1 ? "" : "s")" }
}
