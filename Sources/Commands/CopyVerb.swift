import Console
import Jobs

extension Verb {
    /// `s3haul copy`.
    static let copy = Verb(
        "copy", "copies objects on the server side: no byte passes through this machine",
        usage: [
            "copy [FLAGS] s3://BUCKET/KEY[?versionId=ID] s3://BUCKET/KEY",
            "copy [FLAGS] --recursive s3://BUCKET/PREFIX s3://BUCKET/PREFIX",
            "copy [FLAGS] --manifest FILE [s3://BUCKET] s3://BUCKET/PREFIX",
        ],
        examples: [
            .init("s3haul copy s3://media/film.mxf s3://archive/film.mxf", "copies one object, whatever its size"),
            .init(
                "s3haul copy --recursive s3://media/2026/ s3://archive/media/2026/", "copies all keys under a prefix"),
            .init(
                "s3haul copy --manifest objects.csv s3://archive/ --records done.jsonl",
                "copies what a manifest lists, and keeps a record of each object"),
            .init(
                "s3haul copy --recursive --dry-run s3://media/ s3://archive/",
                "shows what would be copied, and copies nothing"),
        ],
        groups: [
            FlagGroup(
                "What to copy",
                [
                    Flag("recursive", "copies all objects whose keys begin with SRC"),
                    Flag(
                        "manifest", taking: "FILE",
                        "copies the objects listed in a file, s3:// object or - (standard input)"),
                    Flag(
                        "manifest-format", taking: "FORMAT", standard: "told from the content",
                        "batch, index, versions, keys, jsonl, inventory, or columns as Bucket,Key,Size,ETag"),
                    Flag(
                        "fidelity", taking: "listed|full", standard: "full where SRC's bucket has Object Lock",
                        "with --recursive: listed copies a small object by one request, without a website redirect or "
                            + "Object Lock, full with them, by three"),
                    Flag("dry-run", "shows what would be copied, and copies nothing"),
                ]),
            FlagGroup(
                "How to run",
                [
                    Flag(
                        "concurrency", taking: "N", standard: "\(CopyRequest.standardConcurrency)",
                        "how many objects are under way at a time"),
                    Flag(
                        "output", taking: "text|json", standard: "text",
                        "json prints the record of every object as a line"),
                    Flag(
                        "records", taking: "FILE",
                        "writes the record of every object, as JSON Lines, into a file or s3:// object, or below an s3:// prefix that ends in /"
                    ),
                    Flag("quiet", "shows no progress"), .verbose,
                ]),
            FlagGroup("How to copy", Setting.ofCopy.filter { $0.scope != .driver }.map(Flag.init)),
        ],
        operands: 1...2,
        notes: [
            "A destination that ends in / takes an object under its last name. With --recursive what stands before the "
                + "last / of SRC is replaced by DST: s3://a/logs/2026- to s3://b/x gives x/2026-01. With --manifest "
                + "whole keys go below DST.",
            "Interrupted, the same command goes on: what is copied already is left as it is, and parts that are "
                + "copied are not copied again.",
            "Exit codes: 0 all done, 1 some objects failed (see --records), 2 wrong usage or input, 75 try again.",
        ])
}

extension Flag {
    /// The flag of a setting of the table that the driver has, too.
    init(_ setting: Setting) {
        let help = setting.help.hasSuffix(".") ? setting.help.dropLast() : setting.help[...]
        let summary = help.prefix(1).lowercased() + help.dropFirst()
        // On this machine checkpoints may also be in a directory, which the driver has no use for.
        let isState = setting.name == "state"
        let standard = isState ? "~/.local/state/s3haul" : setting.isToggle ? nil : setting.defaultText
        self.init(
            setting.name, taking: isState ? "DIR|s3://PLACE" : setting.placeholder, standard: standard, summary)
    }
}
