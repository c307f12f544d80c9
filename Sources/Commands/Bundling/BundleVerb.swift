import Bundling
import Console
import Jobs

extension Verb {
    /// `s3haul bundle`.
    static let bundle = Verb(
        "bundle", "puts the objects of a manifest into one archive, with an index to find each of them again",
        usage: [
            "bundle [FLAGS] --manifest FILE --to s3://BUCKET/PREFIX",
            "bundle [FLAGS] --manifest-list FILE --to s3://BUCKET/PREFIX",
        ],
        examples: [
            .init(
                "s3haul bundle --manifest day.csv --to s3://archive/media",
                "makes s3://archive/media/HASH/BUCKET/day.tar.gz and its index"),
            .init(
                "s3haul bundle --manifest day.csv --to s3://archive --archive-format zip --archive-name {bucket}/{day} "
                    + "--storage-class GLACIER_IR --delete-source",
                "archives a day, and deletes its objects when that is proven safe"),
            .init(
                "s3haul bundle --manifest day.csv --to s3://archive --dry-run",
                "shows what would be made, and makes nothing"),
        ],
        groups: [
            FlagGroup(
                "What to bundle",
                [
                    Flag("manifest", taking: "FILE", "the objects: a file, s3:// object or - (standard input)"),
                    Flag(
                        "manifest-list", taking: "FILE",
                        "a manifest's file or s3:// object a line, a bundle for each; in a child of an AWS Batch array job the one of its number"
                    ),
                    Flag(
                        "manifest-format", taking: "FORMAT", standard: "told from the content",
                        "batch, index, versions, keys, jsonl, inventory, or columns as Bucket,Key,Size,ETag"),
                    Flag("bucket", taking: "BUCKET", "the bucket of manifests that have keys alone"),
                    Flag("to", taking: "s3://BUCKET/PREFIX", "where archives go"),
                    Flag("name", taking: "NAME", standard: "the manifest's", "what the bundle is called: {name}"),
                    Flag("dry-run", "shows what would be made, and makes nothing"),
                ]),
            FlagGroup(
                "How to run",
                [
                    Flag(
                        "concurrency", taking: "N", standard: "\(Bundler.standardConcurrency)",
                        "how many objects are under way at a time"),
                    Flag("output", taking: "text|json", standard: "text", "the form of the summary of each bundle"),
                    Flag(
                        "records", taking: "FILE",
                        "writes the record of every object, as JSON Lines, into a file or s3:// object, or below an s3:// prefix that ends in /"
                    ),
                    Flag("quiet", "shows no progress"), .verbose,
                ]),
            FlagGroup("How to archive", Setting.ofBundle.map(Flag.ofArchives)),
        ],
        notes: [
            "The index, ARCHIVE.index.jsonl.gz, is stored last: an archive without one is not finished. What is there is "
                + "never replaced; another manifest of the same name gets the next number. The same manifest again finds "
                + "its bundle finished, or finishes it.",
            "Objects that cannot be archived are listed next to the manifest, in MANIFEST.dlq.TIME.jsonl with the "
                + "reason, which is a manifest itself.",
            "Exit codes: 0 all done, 1 some objects failed or were not deleted, 2 wrong usage or input, 75 try again.",
        ])
}
