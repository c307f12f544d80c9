import Console
import Extraction
import Manifests
import S3

/// The archive that a verb is about, and what of it.
struct ArchiveRequest {
    var archive: ArchivePlace
    var index: Archive.IndexChoice
    var cache: IndexCache?
    var selection: Selection
    var output: OutputForm
    var isQuiet: Bool
    var thawing: Thawing?

    init(_ arguments: Arguments, environment: [String: String]) throws(UsageError) {
        archive = try Self.place(arguments.operands[0], "the archive")
        index = .beside
        if let text = arguments.value("index") {
            index = text == "none" ? .none : .at(try Self.place(text, arguments.origin("index")))
        }
        let folder = arguments.value("cache") ?? IndexCache.defaultFolder(environment: environment)
        cache = folder.map { IndexCache(folder: $0) }
        var globs: [Glob] = []
        for pattern in arguments.values("match") {
            guard let glob = Glob(pattern) else {
                throw UsageError("\(arguments.origin("match")): '\(pattern)' has a [ without its end")
            }
            globs.append(glob)
        }
        selection = Selection(keys: Array(arguments.operands.dropFirst()), globs: globs)
        output = try arguments.choice("output", OutputForm.self) ?? .text
        isQuiet = arguments.isSet("quiet")
        thawing = try Self.thawing(arguments)
    }

    private static func thawing(_ arguments: Arguments) throws(UsageError) -> Thawing? {
        let tier = try arguments.choice("restore", RestoreObjectRequest.Tier.self)
        // S3 takes more, but nobody means a century.
        let days = try arguments.number("days", in: 1...36_500)
        let waits = arguments.isSet("wait")
        guard let tier else {
            guard days == nil, !waits else { throw UsageError("--days and --wait are for --restore TIER") }
            return nil
        }
        return Thawing(tier: tier, days: days ?? 7, waits: waits)
    }

    private static func place(_ text: String, _ what: String) throws(UsageError) -> ArchivePlace {
        guard text.hasPrefix("s3://") else { return .file(text) }
        do { return .object(try ObjectReference(uri: text)) } catch { throw UsageError("\(what): \(error)") }
    }

    /// Opens the archive, whose members may not be readable yet.
    func open(_ session: Session, _ reporter: Reporter) async throws -> Archive {
        let archive = try await Archive(archive, index: index, cache: cache, session.s3)
        if let note = archive.note { await reporter.say(note) }
        return archive
    }

    /// Opens the archive to read its members; `readsObjects` says whether also those that lie beside it.
    func openToRead(_ session: Session, readsObjects: Bool = true, _ reporter: Reporter) async throws -> Archive {
        let archive = try await open(session, reporter)
        try await archive.thaw(thawing, for: selection, readsObjects: readsObjects) { await reporter.say($0) }
        return archive
    }
}

extension FlagGroup {
    /// The flags of every verb that reads an archive.
    static let archive = FlagGroup(
        "The archive",
        [
            Flag(
                "index", taking: "PLACE|none", standard: "ARCHIVE.index.jsonl.gz where there is one",
                "the index to read it by; none asks the archive itself"),
            Flag(
                "cache", taking: "DIR", standard: "~/.cache/s3haul",
                "where indexes from S3 are kept for the next time"),
        ])

    /// How members are read.
    static let archiveRun = FlagGroup(
        "How to run",
        [
            Flag(
                "concurrency", taking: "N", standard: "\(Restorer.standardConcurrency)",
                "how many ranges are read at a time"),
            Flag(
                "output", taking: "text|json", standard: "text",
                "json prints what became of every member as a line"),
            Flag("quiet", "shows no progress"), .verbose,
        ])

    /// The flags of every verb that reads an archive's members.
    static let coldArchive = FlagGroup(
        "An archive in Glacier",
        [
            Flag(
                "restore", taking: "TIER", "asks for it: Standard, Bulk or Expedited, which differ in hours and price"),
            Flag("days", taking: "N", standard: "7", "for how many days it can be read then"),
            Flag("wait", "waits until it can be read; else the same command later goes on"),
        ])
}

extension Flag {
    /// The flag that selects by pattern.
    static let match = Flag(
        "match", taking: "GLOB", isRepeatable: true,
        "members whose key fits: * is any text without /, ** any text, ? a character, [a-z] one of some")
}
