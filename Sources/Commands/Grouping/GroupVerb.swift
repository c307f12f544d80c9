import Console

extension Verb {
    /// `s3haul group`.
    static let group = Verb(
        "group", "splits an inventory, a manifest or a listing into bundle manifests",
        usage: [
            "group [FLAGS] --manifest FILE --to PLACE [-- FLAGS OF BUNDLE]",
            "group [FLAGS] s3://BUCKET/PREFIX --to PLACE [-- FLAGS OF BUNDLE]",
        ],
        examples: [
            .init(
                "s3haul group --manifest s3://inventory/photos/all/2026-01-05T00-00Z/manifest.json "
                    + "--to s3://jobs/photos/",
                "manifests of up to 65,000 objects and 4 GiB each, from an S3 Inventory"),
            .init(
                "s3haul group s3://logs/sources/ --by key-day --to s3://jobs/logs/ --submit-queue "
                    + "https://sqs.eu-west-1.amazonaws.com/123456789012/bundles",
                "a manifest for each YYYY/MM/DD of the keys, and a message to the workers for each"),
            .init(
                "s3haul group --manifest objects.csv --match '**.dng' --older-than 90d --dry-run --to groups",
                "shows what would be grouped, and writes nothing"),
        ],
        groups: [
            FlagGroup(
                "What to group",
                [
                    Flag(
                        "manifest", taking: "FILE",
                        "the objects: a file, s3:// object or - (standard input); S3 Inventory's manifest.json too"),
                    Flag(
                        "manifest-format", taking: "FORMAT", standard: "told from the content",
                        "batch, index, versions, keys, jsonl, inventory, or columns as Bucket,Key,Size,ETag"),
                    Flag("bucket", taking: "BUCKET", "the bucket of manifests that have keys alone"),
                    Flag("versions", "takes all versions, not the current ones alone; delete markers are never taken"),
                    Flag("prefix", taking: "PREFIX", "takes keys that begin so"),
                    Flag(
                        "match", taking: "GLOB", isRepeatable: true,
                        "takes keys that fit: * is any text but slashes, ** any, ? a character, [a-z] one of these; may be repeated"
                    ),
                    Flag(
                        "source-class", taking: "CLASS", standard: "all but GLACIER and DEEP_ARCHIVE",
                        isRepeatable: true, "takes objects of this storage class; may be repeated"),
                    Flag("older-than", taking: "TIME", "takes what was last changed so long ago: 30d, 12h"),
                    Flag("newer-than", taking: "TIME", "takes what was changed since"),
                    Flag("min-object-size", taking: "SIZE", "takes objects of at least this size"),
                    Flag("max-object-size", taking: "SIZE", "takes objects of at most this size"),
                ]),
            FlagGroup(
                "How to group",
                [
                    Flag(
                        "by", taking: "none|prefix|key-day|modified-day", standard: "none",
                        "keeps objects apart by folders of the key, its YYYY/MM/DD, or the day of the last change"),
                    Flag("depth", taking: "N", standard: "1", "how many folders --by prefix looks at"),
                    Flag(
                        "group-size", taking: "SIZE", standard: "4GiB",
                        "the bytes of a group at most; only one object alone may be larger"),
                    Flag("group-count", taking: "N", standard: "65000", "the objects of a group at most"),
                ]),
            FlagGroup(
                "What becomes of the groups",
                [
                    Flag("to", taking: "PLACE", "where the manifests go: a folder, or s3://BUCKET/PREFIX"),
                    Flag("dry-run", "counts groups and objects, and writes nothing"),
                    Flag("submit-queue", taking: "URL", "sends a message for each manifest to this SQS queue"),
                    Flag(
                        "submit-job-queue", taking: "QUEUE",
                        "submits an array job of s3haul bundle to this AWS Batch queue, a child for each manifest"),
                    Flag("job-definition", taking: "DEFINITION", "the AWS Batch job definition of the worker"),
                    Flag("output", taking: "text|json", standard: "text", "the form of the summary"),
                    Flag("quiet", "shows no progress"), .verbose,
                ]),
        ],
        operands: 0...100,
        notes: [
            "The same command again makes the same manifests under the same names: what is there already is left as it "
                + "is, and what was submitted is not submitted again. Another grouping is refused at the same place, "
                + "where grouping.json says what was done.",
            "At most 1,000 groups are open at a time, with 2 GiB of manifests; beyond that the one that was idle for "
                + "longest, or is largest, is closed, and goes on under the next number.",
            "Exit codes: 0 all done, 2 wrong usage or input, 75 try again: the same command goes on.",
        ])
}
