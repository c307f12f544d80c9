import Console

extension Verb {
    /// `s3haul manifest`.
    static let manifest = Verb(
        "manifest", "writes a manifest of a bucket, as it is or as it was at a point in time",
        usage: ["manifest [FLAGS] s3://BUCKET/PREFIX [--to FILE]"],
        examples: [
            .init(
                "s3haul manifest s3://media/ --at now --to s3://jobs/media.csv",
                "a manifest for S3 Batch Operations that pins the version of each object"),
            .init(
                "s3haul manifest s3://media/raw/ --at 2026-01-05T12:00:00Z --to noon.csv",
                "the versions that were current then, deleted ones of today with them"),
            .init("s3haul manifest s3://media/ --long", "a JSON line for each object, with size, ETag and more"),
        ],
        groups: [
            FlagGroup(
                "What to list",
                [
                    Flag(
                        "at", taking: "TIME", standard: "the objects of now, without version ids",
                        "the versions that were current at a time: 2026-01-05, 2026-01-05T12:00:00Z or now"),
                    Flag("versions", "all versions, the old ones too; delete markers are left out"),
                ]),
            FlagGroup(
                "What is written",
                [
                    Flag(
                        "to", taking: "FILE", standard: "standard output", "a file, s3:// object or - (standard output)"
                    ),
                    Flag("long", "JSON Lines with size, ETag, time, storage class and checksum instead of CSV"),
                    Flag("dry-run", "counts the objects, and writes nothing"),
                    Flag("output", taking: "text|json", standard: "text", "the form of the summary"),
                    Flag("quiet", "shows no progress"), .verbose,
                ]),
        ],
        operands: 1...1,
        notes: [
            "The CSV is that of S3 Batch Operations: Bucket,Key or Bucket,Key,VersionId, with URL-encoded keys and "
                + "without a header. Nothing of a listing is held, so that a bucket may have any number of objects.",
            "A file or object is there when all of it is written, or not at all.",
            "Exit codes: 0 all done, 2 wrong usage or input, 75 try again.",
        ])
}
