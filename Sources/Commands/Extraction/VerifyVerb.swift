import Console

extension Verb {
    /// `s3haul verify`.
    static let verify = Verb(
        "verify", "proves an archive against its index, and its sources against both",
        usage: ["verify [FLAGS] ARCHIVE"],
        examples: [
            .init("s3haul verify s3://archive/2026-11.tar.gz", "reads every member by its index, and compares"),
            .init(
                "s3haul verify s3://archive/2026-11.tar.gz --sources", "compares the sources that are still there, too"),
            .init("s3haul verify backup.zip --deep", "reads it as other tools do, too"),
        ],
        groups: [
            FlagGroup(
                "What to prove",
                [
                    Flag("sources", "that sources which still exist are what was archived, by size and ETag"),
                    Flag(
                        "deep",
                        "that the archive, read from its beginning, has what the index has and no more; that objects "
                            + "beside it, and sources of another ETag, have the same bytes"),
                ]),
            .archive,
            .coldArchive,
            .archiveRun,
        ],
        operands: 1...1,
        notes: [
            "Nothing is written. Size, CRC-32 and MD5 of every member are compared with what the index says; without an "
                + "index, with what the archive says itself.",
            "Exit codes: 0 all holds, 1 something does not: the messages say what, 2 wrong usage or input, 75 try again.",
        ])
}
