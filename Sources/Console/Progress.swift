/// How far a run is.
public struct Progress: Sendable, Equatable {
    /// What is counted, in the plural: `objects`.
    public var unit: String
    /// How many are finished, failed ones included.
    public var done: Int64 = 0
    /// How many there are; `nil` while that is unknown.
    public var total: Int64?
    /// How many failed.
    public var failed: Int64 = 0
    /// How many bytes were moved.
    public var bytes: Int64 = 0
    /// How long the run has lasted, in seconds.
    public var seconds: Double = 0

    /// Makes the progress of a run that just began.
    public init(unit: String) { self.unit = unit }

    /// The finished part, from 0 to 1.
    private var fraction: Double? {
        guard let total, total > 0 else { return nil }
        return min(1, Double(done) / Double(total))
    }

    private var remainingSeconds: Double? {
        guard let fraction, fraction > 0.01 else { return nil }
        return seconds / fraction * (1 - fraction)
    }

    /// One line for a terminal that is `width` columns wide.
    public func bar(width: Int) -> String {
        var facts = ["\(Quantity.count(done))\(total.map { "/" + Quantity.count($0) } ?? "") \(unit)"]
        if bytes > 0 {
            facts.append(Quantity.bytes(bytes))
            // Below a second there is no rate to speak of, and the quotient may be more than an integer holds.
            if seconds >= 1 { facts.append("\(Quantity.bytes(Int64(Double(bytes) / seconds)))/s") }
        }
        if failed > 0 { facts.append("\(Quantity.count(failed)) failed") }
        facts.append(remainingSeconds.map { "\(Quantity.duration($0)) left" } ?? Quantity.duration(seconds))
        let text = facts.joined(separator: "  ")
        let room = min(40, width - text.count - 10)
        guard let fraction, room >= 10 else { return String(text.prefix(max(1, width - 1))) }
        let filled = Int(Double(room) * fraction)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: room - filled)
        let percent = "\(Int(fraction * 100))"
        return "\(String(repeating: " ", count: 3 - percent.count))\(percent) % \(bar)  \(text)"
    }

    /// One JSON line for a log.
    public func logLine(time: String) -> String {
        var fields = ["\"time\":\"\(time)\"", "\"level\":\"info\"", "\"message\":\"progress\"", "\"unit\":\"\(unit)\""]
        fields.append("\"done\":\(done)")
        if let total { fields.append("\"total\":\(total)") }
        fields.append("\"failed\":\(failed)")
        fields.append("\"bytes\":\(bytes)")
        fields.append("\"seconds\":\(Int64(seconds))")
        return "{\(fields.joined(separator: ","))}"
    }
}
