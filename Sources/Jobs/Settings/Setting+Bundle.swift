extension Setting {
    /// The settings of a bundle, as what it is stored ones included.
    public static let ofBundle: [Setting] = bundle + all.filter { stored.contains($0.name) }

    /// The settings of a copy.
    public static let ofCopy: [Setting] = {
        let others = Set(bundle.map(\.name))
        return all.filter { !others.contains($0.name) }
    }()

    private static let stored: Set = [
        "storage-class", "kms-key-id", "acl", "grant-full-control", "grant-read", "grant-read-acp", "grant-write-acp",
        "copy-acl", "tags", "verify", "requester-pays", "run",
    ]

    /// What archives are like, and what becomes of what is in them.
    static let bundle: [Setting] = [
        Setting(
            "archive-format", placeholder: "tar|tar.gz|tar.zst|zip", help: "The kind of archive.",
            text: { $0.bundle.format.rawValue },
            parse: { text, to throws(ExpectedValue) in to.bundle.format = try SettingValue.choice(text) }),
        Setting(
            "level", placeholder: "N", help: "The compression level, up to 12 of gzip and zip, 22 of zstd.",
            unset: "6 of gzip and zip, 3 of zstd", text: { $0.bundle.level.map { "\($0)" } },
            parse: { text, to throws(ExpectedValue) in to.bundle.level = try SettingValue.count(text, 0...22) }),
        Setting(
            "frame-size", placeholder: "SIZE",
            help: "How much is compressed together, and read to restore one small object.",
            text: { SettingValue.sizeText($0.bundle.frameSize) },
            parse: { text, to throws(ExpectedValue) in
                to.bundle.frameSize = try SettingValue.size(text, 4 << 10...64 << 20)
            }),
        Setting(
            "max-size", placeholder: "SIZE",
            help: "The largest object that goes into an archive; larger ones are copied beside it.",
            text: { SettingValue.sizeText($0.bundle.maxSize) },
            parse: { text, to throws(ExpectedValue) in
                to.bundle.maxSize = try SettingValue.size(text, 0...50 << 40)
            }),
        Setting(
            "archive-name", placeholder: "TEMPLATE",
            help: "The archive's key below the destination, of {hash} {bucket} {name} {day} {prefix} {run} {sequence}.",
            text: { $0.bundle.archiveName },
            parse: { text, to throws(ExpectedValue) in to.bundle.archiveName = try ArchiveNameValue.parse(text) }),
        Setting(
            "index-format", placeholder: "jsonl|csv", help: "The form of the index; csv is written besides jsonl.",
            text: { $0.bundle.indexFormat.rawValue },
            parse: { text, to throws(ExpectedValue) in to.bundle.indexFormat = try SettingValue.choice(text) }),
        Setting(
            "delete-source", placeholder: nil,
            help: "Delete the objects that were archived, once archive and index are read back and proven.",
            text: { "\($0.bundle.deletesSource)" },
            parse: { text, to throws(ExpectedValue) in to.bundle.deletesSource = try SettingValue.truth(text) }),
        Setting(
            "delete-versions", placeholder: nil,
            help: "Where the bucket has versions, delete the archived one itself instead of setting a delete marker.",
            text: { "\($0.bundle.deletesVersions)" },
            parse: { text, to throws(ExpectedValue) in to.bundle.deletesVersions = try SettingValue.truth(text) }),
        Setting(
            "lock-mode", placeholder: "GOVERNANCE|COMPLIANCE",
            help: "The Object Lock of archive and index; with --lock-days.", unset: "the bucket's default",
            text: { $0.bundle.lockMode?.rawValue },
            parse: { text, to throws(ExpectedValue) in to.bundle.lockMode = try SettingValue.choice(text) }),
        Setting(
            "lock-days", placeholder: "N", help: "For how many days archive and index are locked; with --lock-mode.",
            unset: "the bucket's default", text: { $0.bundle.lockDays.map { "\($0)" } },
            parse: { text, to throws(ExpectedValue) in to.bundle.lockDays = try SettingValue.count(text, 1...36_500) }),
    ]
}

/// The template of archives' names.
enum ArchiveNameValue {
    static let fields = ["hash", "bucket", "name", "day", "prefix", "run", "sequence"]

    static func parse(_ text: String) throws(ExpectedValue) -> String {
        let rest = fields.reduce(text) { $0.replacing("{\($1)}", with: "") }
        let isKey = !text.isEmpty && text.utf8.count <= 512 && !text.hasPrefix("/") && !text.hasSuffix("/")
        guard isKey, !rest.contains("{"), !rest.contains("}") else {
            throw ExpectedValue(
                "the key of an archive without extension, such as {bucket}/{day}, of "
                    + fields.map { "{\($0)}" }.joined(separator: " "))
        }
        return text
    }
}
