import Console

extension Verb {
    /// `s3haul list`.
    static let list = Verb(
        "list", "lists the members of an archive, by its index or by the archive itself",
        usage: ["list [FLAGS] ARCHIVE [KEY...]"],
        examples: [
            .init(
                "s3haul list s3://archive/2026-11.tar.gz", "lists all members; with an index the archive is not read"),
            .init(
                "s3haul list s3://archive/2026-11.tar.gz --match 'photos/**' --output json",
                "lists some, a JSON line each"),
            .init("s3haul list backup.zip", "lists a file of this machine"),
        ],
        groups: [
            FlagGroup(
                "What to list",
                [
                    .match,
                    Flag(
                        "output", taking: "text|json", standard: "text",
                        "json prints all that is known of a member as a line"),
                    .verbose,
                ]),
            .archive,
            .coldArchive,
        ],
        operands: 1...10_000,
        notes: [
            "A line of text is the size in bytes, the time of the last change, and the key.",
            "Exit codes: 0 all listed, 1 a KEY is not in the archive, 2 wrong usage or input, 75 try again.",
        ])
}
