import Console
import Extraction
import S3

/// The archive that a verb is about, and what of it.
struct ArchiveRequest {
    var archive: ArchivePlace
    var index: Archive.IndexChoice
    var cache: IndexCache?
    var selection: Selection
    var output: CopyRequest.Output
    var isQuiet: Bool

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
        output = try arguments.choice("output", CopyRequest.Output.self) ?? .text
        isQuiet = arguments.isSet("quiet")
    }

    private static func place(_ text: String, _ what: String) throws(UsageError) -> ArchivePlace {
        guard text.hasPrefix("s3://") else { return .file(text) }
        do { return .object(try ObjectReference(uri: text)) } catch { throw UsageError("\(what): \(error)") }
    }

    /// Opens the archive.
    func open(_ session: Session) async throws -> Archive {
        try await Archive(archive, index: index, cache: cache, session.s3)
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
}

extension Flag {
    /// The flag that selects by pattern.
    static let match = Flag(
        "match", taking: "GLOB", isRepeatable: true,
        "members whose key fits: * is any text without /, ** any text, ? a character, [a-z] one of some")
}
