import Console
import Jobs

extension Verb {
    /// `s3haul work`.
    static let work = Verb(
        "work", "drains an SQS queue of jobs, until it is empty or told to stop",
        usage: ["work [FLAGS] --queue URL"],
        examples: [
            .init(
                "s3haul work --queue https://sqs.eu-west-1.amazonaws.com/111122223333/archive --idle-exit 5m",
                "archives what the driver queued, until the queue has been empty for five minutes"),
            .init(
                "s3haul work --queue archive --to s3://archive/media --archive-name {bucket}/{day} --delete-source",
                "makes day archives of what is queued without settings of its own, and deletes what is in them"),
            .init("s3haul work --queue archive --dry-run", "shows what the queue has, and takes nothing from it"),
        ],
        groups: [
            FlagGroup(
                "What to do",
                [
                    Flag("queue", taking: "URL", "the queue's URL, or its name"),
                    Flag(
                        "to", taking: "s3://BUCKET/PREFIX",
                        "where archives go, for messages that do not say it themselves"),
                    Flag("bucket", taking: "BUCKET", "the bucket of manifests that have keys alone"),
                    Flag("dry-run", "shows what the queue has, and takes nothing from it"),
                ]),
            FlagGroup(
                "When single objects are enough for a bundle",
                [
                    Flag("count", taking: "N", standard: "10000", "so many objects"),
                    Flag("size", taking: "SIZE", standard: "1GiB", "so many bytes"),
                    Flag("age", taking: "TIME", standard: "5m", "so long after the first one came"),
                ]),
            FlagGroup(
                "How to run",
                [
                    Flag(
                        "idle-exit", taking: "TIME", standard: "never",
                        "ends when the queue has been empty for so long"),
                    Flag("max-jobs", taking: "N", standard: "any number", "ends after so many bundles"),
                    Flag(
                        "visibility", taking: "TIME", standard: "2m",
                        "how long others do not see what this worker has, should it be killed"),
                    Flag("bundles", taking: "N", standard: "2", "how many bundles are made at a time"),
                    Flag(
                        "concurrency", taking: "N", standard: "64",
                        "how many objects of a bundle are under way at a time"),
                    Flag("output", taking: "text|json", standard: "text", "the form of what is said of each bundle"),
                    Flag(
                        "records", taking: "FILE",
                        "writes the record of every object, as JSON Lines, into a file or s3:// object, or below an "
                            + "s3:// prefix that ends in /"),
                    Flag("quiet", "shows no progress"), .verbose,
                ]),
            FlagGroup(
                "How to archive, where messages do not say it",
                (Setting.ofBundle + Setting.ofClaims).map(Flag.ofArchives)),
        ],
        notes: [
            "Messages are bundle manifests (event notifications of S3, {\"Bucket\", \"Key\"}, or s3haul group's) and "
                + "single objects (the driver's, in mode archive). Single objects of one run, bucket and settings are "
                + "put together, by day or prefix where the archive's name has {day} or {prefix}.",
            "A message is deleted when archive and index are stored and proven. It is given back at once when that "
                + "fails or the worker is told to stop, and goes to the dead-letter queue by the queue's own redrive "
                + "policy. However often it is delivered, and to however many workers, its object is in one archive.",
            "Exit codes: 0 the queue is empty, 1 the same but something failed, 2 wrong usage or input, 75 stopped by "
                + "SIGTERM, SIGINT or spot reclaim.",
        ])
}

extension Setting {
    /// The settings of where claims are kept.
    fileprivate static let ofClaims = all.filter { $0.name == "state" }
}
