import Bundling
import Console
import FoundationEssentials
import Jobs
import S3

/// What is said of a bundle when it is done.
struct BundleSummary {
    private let outcome: BundleOutcome
    private let manifest: String
    private let seconds: Double

    init(_ outcome: BundleOutcome, manifest: String, seconds: Double) {
        self.outcome = outcome
        self.manifest = manifest
        self.seconds = seconds
    }

    /// One line for a person.
    var text: String {
        switch outcome.status {
        case .planned: "would archive \(objects) in \(place)\(ifAny(outcome.beside, "of them beside the archive"))"
        case .unchanged:
            "\(manifest) is bundled already: \(place); give another --name to bundle it again\(failures)\(deletion)"
        case .empty:
            outcome.failed == 0
                ? "\(manifest) lists no objects; there is nothing to bundle"
                : "nothing could be archived\(failures)"
        case .interrupted, .failed:
            outcome.index == nil ? "made no bundle of \(manifest)" : "made \(place)\(deletion)"
        case .finished:
            "archived \(objects) in \(place), \(Quantity.bytes(outcome.archiveSize)), in "
                + "\(Quantity.duration(seconds))\(ifAny(outcome.beside, "of them beside the archive"))\(failures)"
                + ifAny(outcome.tagsUnknown, "without tags, which may not be read: allow s3:GetObjectTagging")
                + deletion
        }
    }

    private var objects: String {
        let size = outcome.bytes > 0 ? ", \(Quantity.bytes(outcome.bytes))," : ""
        return "\(Quantity.count(outcome.archived)) object\(outcome.archived == 1 ? "" : "s")\(size)"
    }

    private var place: String { (outcome.archive ?? outcome.index)?.uri ?? "no place" }

    private var failures: String {
        guard outcome.failed > 0 else { return "" }
        return "; \(Quantity.count(outcome.failed)) failed: \(outcome.deadLetters ?? "see --records")"
    }

    private var deletion: String {
        ifAny(outcome.deleted, "sources deleted") + ifAny(outcome.kept, "kept, which changed or were refused")
    }

    private func ifAny(_ count: Int64, _ what: String) -> String {
        count > 0 ? "; \(Quantity.count(count)) \(what)" : ""
    }

    /// One line for a program.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = Line(
                manifest: manifest, status: outcome.status.rawValue, archive: outcome.archive?.uri,
                index: outcome.index?.uri, deadLetters: outcome.deadLetters, archived: outcome.archived,
                beside: outcome.beside, failed: outcome.failed, deleted: outcome.deleted, kept: outcome.kept,
                tagsUnknown: outcome.tagsUnknown, bytes: outcome.bytes, archiveSize: outcome.archiveSize,
                seconds: seconds,
                message: outcome.failure?.message)
            return String(decoding: try encoder.encode(line), as: UTF8.self)
        }
    }

    private struct Line: Encodable {
        var schema = 1
        var manifest: String
        var status: String
        var archive: String?
        var index: String?
        var deadLetters: String?
        var archived: Int64
        var beside: Int64
        var failed: Int64
        var deleted: Int64
        var kept: Int64
        var tagsUnknown: Int64
        var bytes: Int64
        var archiveSize: Int64
        var seconds: Double
        var message: String?

        enum CodingKeys: String, CodingKey {
            case schema, manifest, status, archive, index
            case deadLetters = "dead_letters"
            case archived, beside, failed, deleted, kept
            case tagsUnknown = "tags_unknown"
            case bytes
            case archiveSize = "archive_size"
            case seconds, message
        }
    }
}
