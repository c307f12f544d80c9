import Console

extension Verb {
    /// `s3haul dispatch`.
    static let dispatch = Verb(
        "dispatch", "plays the part of S3 Batch Operations for stores that have none",
        usage: ["dispatch [FLAGS] --manifest FILE --lambda-endpoint URL"],
        examples: [
            .init(
                "s3haul dispatch --manifest objects.csv --lambda-endpoint http://127.0.0.1:9001",
                "invokes the function there once for every object of a manifest"),
            .init(
                "s3haul dispatch --manifest s3://jobs/objects.csv --lambda-endpoint "
                    + "https://lambda.eu-west-1.amazonaws.com --function s3haul-driver --concurrency 100 "
                    + "--report s3://jobs/reports/",
                "the same with AWS Lambda, and a completion report in S3's format"),
            .init(
                "s3haul dispatch --manifest objects.csv --lambda-endpoint http://127.0.0.1:9001 --dry-run",
                "reads the manifest to its end, and says how many tasks there are"),
        ],
        groups: [
            FlagGroup(
                "What to dispatch",
                [
                    Flag("manifest", taking: "FILE", "the objects: a file, s3:// object or - (standard input)"),
                    Flag(
                        "manifest-format", taking: "FORMAT", standard: "told from the content",
                        "batch, index, versions, keys, jsonl, inventory, or columns as Bucket,Key,Size,ETag"),
                    Flag("bucket", taking: "BUCKET", "the bucket of manifests that have keys alone"),
                ]),
            FlagGroup(
                "Whom to invoke",
                [
                    Flag(
                        "lambda-endpoint", taking: "URL", isRepeatable: true,
                        "where the function is invoked; requests to AWS are signed; may be repeated"),
                    Flag("function", taking: "NAME", standard: "function", "the function's name or ARN"),
                    Flag(
                        "concurrency", taking: "N", standard: "one for each endpoint",
                        "how many tasks are under way at a time"),
                    Flag(
                        "schema", taking: "1.0|2.0", standard: "1.0, or 2.0 with user arguments", "the events' version"),
                    Flag(
                        "user-argument", taking: "KEY=VALUE", isRepeatable: true,
                        "what schema 2.0 hands to the function besides; may be repeated"),
                ]),
            FlagGroup(
                "How to run",
                [
                    Flag(
                        "redrives", taking: "N", standard: "5",
                        "how often a task is invoked again that failed for the time being"),
                    Flag(
                        "report", taking: "PLACE",
                        "where the completion report goes: a directory, or s3://BUCKET/PREFIX"),
                    Flag("report-scope", taking: "all|failed", standard: "all", "which tasks the report has"),
                    Flag(
                        "run", taking: "ID", standard: "made from the manifest",
                        "the job's id; the same id and manifest go on where they were"),
                    Flag(
                        "journal", taking: "DIR", standard: "$XDG_STATE_HOME/s3haul/dispatch",
                        "where it is written down what is finished"),
                    Flag("dry-run", "counts the tasks that are left, and invokes nothing"),
                    Flag("output", taking: "text|json", standard: "text", "the form of the summary"),
                    Flag("quiet", "shows no progress"), .verbose,
                ]),
        ],
        notes: [
            "A task that fails for the time being is invoked again after a while; when more than half of at least "
                + "1,000 tasks have failed, the job ends as failed. Both are as S3 Batch Operations has it.",
            "Exit codes: 0 all tasks succeeded, 1 some failed, 2 wrong usage or input, 75 interrupted or nobody "
                + "answers: the same command goes on where it was.",
        ])
}
