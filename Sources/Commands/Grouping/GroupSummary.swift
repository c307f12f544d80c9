import Console
import FoundationEssentials
import Grouping

/// What `s3haul group` says at its end.
struct GroupSummary: Encodable {
    var to: String
    var totals: GroupingDocument.Totals
    /// How many manifests were there already.
    var unchanged: Int64 = 0
    /// How many manifests were submitted, this time and before; `nil` where nobody is to be told.
    var submitted: Int?
    var isDryRun: Bool

    enum CodingKeys: String, CodingKey {
        case to, totals, unchanged, submitted
        case isDryRun = "dry_run"
    }

    /// The summary with its line end.
    func text(_ form: OutputForm) throws -> String {
        switch form {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        case .text: return sentence + passedOver + "\n"
        }
    }

    private var sentence: String {
        guard totals.objects > 0 else {
            return totals.rows == 0
                ? "there is nothing to group: the input has no objects"
                : "there is nothing to group: of \(count(totals.rows, "row")) none is taken"
        }
        let groups = count(totals.groups, "group")
        var text = "\(groups) of \(count(totals.objects, "object")), \(Quantity.bytes(totals.bytes)), "
        text += isDryRun ? "would be written to \(to)" : "in \(to)"
        if unchanged == totals.groups {
            text += "; all of it was there already"
        } else if unchanged > 0 {
            text += "; \(Quantity.count(unchanged)) of the manifests were there already"
        }
        if let submitted { text += "; \(Quantity.count(Int64(submitted))) submitted" }
        if totals.withoutSize > 0 {
            text += "; \(count(totals.withoutSize, "object")) without a size in the input counted as empty"
        }
        return text
    }

    /// Why rows were passed over, the most frequent first.
    private var passedOver: String {
        let reasons = totals.skipped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\(Quantity.count($0.value)) \(Self.reasons[$0.key] ?? $0.key)" }
        return reasons.isEmpty ? "" : "; passed over: \(reasons.joined(separator: ", "))"
    }

    private static let reasons = [
        Sieve.Verdict.deleteMarker.rawValue: "delete markers",
        Sieve.Verdict.notCurrent.rawValue: "old versions (--versions takes them)",
        Sieve.Verdict.archived.rawValue: "in GLACIER or DEEP_ARCHIVE (--source-class takes them)",
        Sieve.Verdict.filtered.rawValue: "not asked for",
    ]

    private func count(_ number: Int64, _ what: String) -> String {
        "\(Quantity.count(number)) \(what)\(number == 1 ? "" : "s")"
    }
}
