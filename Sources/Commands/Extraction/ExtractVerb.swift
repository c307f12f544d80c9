import Console

extension Verb {
    /// `s3haul extract`.
    static let extract = Verb(
        "extract", "restores members of an archive to files or objects, reading only the bytes it needs",
        usage: ["extract [FLAGS] ARCHIVE [KEY...] --to DIR|s3://BUCKET/PREFIX"],
        examples: [
            .init(
                "s3haul extract s3://archive/2026-11.tar.gz photos/1.jpg --to restored",
                "restores one object to a file, by one ranged read"),
            .init(
                "s3haul extract s3://archive/2026-11.tar.gz --match 'photos/**.jpg' --to s3://media/",
                "restores objects with their metadata and tags"),
            .init("s3haul extract backup.zip --to restored --dry-run", "shows what would be restored"),
        ],
        groups: [
            FlagGroup(
                "What, and where to",
                [
                    Flag("to", taking: "PLACE", "a folder, or s3://BUCKET/PREFIX before each key"),
                    .match,
                    Flag("overwrite", "replaces what is there; without it that is left alone, and reported"),
                    Flag(
                        "storage-class", taking: "CLASS", standard: "the one it had",
                        "the storage class of restored objects"),
                    Flag("no-object-lock", "leaves out the retention and legal hold that an object had"),
                    Flag("no-acl", "leaves out the ACL that an object had, where the index has kept it"),
                    Flag("dry-run", "shows what would be restored, and restores nothing"),
                ]),
            .archive,
            .coldArchive,
            .archiveRun,
        ],
        operands: 1...10_000,
        notes: [
            "A KEY is the key that the object had, with its bucket before it or not, or the member's name in the archive. "
                + "ARCHIVE is a file or s3:// address: tar, tar.gz, tar.zst or zip, of s3haul or anybody.",
            "Files are named after the members; nothing is written outside of the folder, and no link is followed.",
            "Exit codes: 0 all done, 1 some members failed, 2 wrong usage or input, 75 try again.",
        ])
}
