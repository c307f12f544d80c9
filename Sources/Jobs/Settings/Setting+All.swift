import S3

extension Setting {
    /// Every setting, in the order in which help and documents show them.
    public static let all: [Setting] = destination + access + content + transfer + bundle + driver

    /// Where objects go, and as what they are stored.
    private static let destination: [Setting] = [
        Setting(
            "destination-bucket", .driver, placeholder: "BUCKET", help: "The bucket that objects are copied to.",
            unset: "none; it must be set", text: { $0.copy.bucket },
            parse: { text, to throws(ExpectedValue) in to.copy.bucket = try SettingValue.bucket(text) }),
        Setting(
            "destination-prefix", .driver, placeholder: "PREFIX", help: "What is put before each key.",
            unset: "none", text: { $0.copy.prefix.isEmpty ? nil : $0.copy.prefix },
            parse: { text, to throws(ExpectedValue) in to.copy.prefix = try SettingValue.prefix(text) }),
        Setting(
            "storage-class", placeholder: "CLASS", help: "The destination's storage class.", unset: "the source's",
            text: { $0.copy.storageClass },
            parse: { text, to throws(ExpectedValue) in
                to.copy.storageClass = try SettingValue.choice(text, of: storageClasses)
            }),
        Setting(
            "kms-key-id", placeholder: "KEY", help: "The KMS key that encrypts the destination.",
            unset: "the destination bucket's default encryption", text: { $0.copy.kmsKeyId },
            parse: { text, to throws(ExpectedValue) in to.copy.kmsKeyId = try KMSKey.parse(text) }),
    ]

    /// Who may read the destination: a canned ACL, grants, or what the source's ACL says.
    static let access: [Setting] =
        [
            Setting(
                "acl", placeholder: "ACL", help: "The destination's canned ACL.", unset: "none is sent",
                text: { $0.copy.acl },
                parse: { text, to throws(ExpectedValue) in to.copy.acl = try SettingValue.choice(text, of: acls) })
        ]
        + grants
        + [
            Setting(
                "copy-acl", placeholder: nil, help: "Read the source's ACL and give it to the destination.",
                text: { "\($0.copy.copiesACL)" },
                parse: { text, to throws(ExpectedValue) in to.copy.copiesACL = try SettingValue.truth(text) })
        ]

    private static let grants: [Setting] = ["full-control", "read", "read-acp", "write-acp"].map { permission in
        Setting(
            "grant-\(permission)", placeholder: "GRANTEES", help: "Who gets \(permission) on the destination.",
            unset: "nobody", text: { $0.copy.grants[permission] },
            parse: { text, to throws(ExpectedValue) in to.copy.grants[permission] = try GrantValue.parse(text) })
    }

    /// What the destination has besides its bytes, and whether it may replace what is there.
    private static let content: [Setting] = [
        Setting(
            "tags", placeholder: "POLICY", help: "The destination's tags: copy, none, or KEY=VALUE&KEY=VALUE.",
            text: { PolicyValue.text($0.copy.tags) },
            parse: { text, to throws(ExpectedValue) in to.copy.tags = try PolicyValue.tags(text) }),
        Setting(
            "metadata", placeholder: "POLICY",
            help: "The destination's metadata and Content-* headers: copy, none, or NAME=VALUE&NAME=VALUE.",
            text: { PolicyValue.text($0.copy.metadata) },
            parse: { text, to throws(ExpectedValue) in to.copy.metadata = try PolicyValue.metadata(text) }),
        Setting(
            "overwrite", placeholder: "true|false",
            help: "Whether another object that stands at the destination is replaced.",
            text: { "\($0.copy.overwrites)" },
            parse: { text, to throws(ExpectedValue) in to.copy.overwrites = try SettingValue.truth(text) }),
    ]

    /// How a copy is carried out and proven.
    private static let transfer: [Setting] = [
        Setting(
            "inline-limit", placeholder: "SIZE", help: "The largest object that is copied by one CopyObject.",
            text: { SettingValue.sizeText($0.copy.inlineLimit) },
            parse: { text, to throws(ExpectedValue) in
                to.copy.inlineLimit = try SettingValue.size(text, 0...5_000_000_000)
            }),
        Setting(
            "part-size", placeholder: "SIZE", help: "The wanted size of a part; limits may ask for larger ones.",
            unset: "the source's parts, or decided by its size",
            text: { $0.copy.partSize.map(SettingValue.sizeText) },
            parse: { text, to throws(ExpectedValue) in
                to.copy.partSize = try SettingValue.size(text, 5 << 20...5 << 30)
            }),
        Setting(
            "parallelism", placeholder: "N", help: "How many parts, or small objects, are under way at a time.",
            unset: "decided by the object, and adapted to what S3 gives", text: { $0.copy.parallelism.map { "\($0)" } },
            parse: { text, to throws(ExpectedValue) in to.copy.parallelism = try SettingValue.count(text, 1...1024) }),
        Setting(
            "verify", placeholder: "standard|deep",
            help: "Prove the copy by what S3 says of both objects, or by reading and comparing both.",
            text: { $0.copy.verification.rawValue },
            parse: { text, to throws(ExpectedValue) in to.copy.verification = try SettingValue.choice(text) }),
        Setting(
            "requester-pays", placeholder: nil, help: "Say in every request that the caller pays for it.",
            text: { "\($0.copy.requesterPays)" },
            parse: { text, to throws(ExpectedValue) in to.copy.requesterPays = try SettingValue.truth(text) }),
        Setting(
            "state", placeholder: "s3://BUCKET/PREFIX", help: "Where checkpoints are kept, for a copy that is cut off.",
            unset: "nowhere: what is cut off begins anew", text: { $0.copy.state?.uri },
            parse: { text, to throws(ExpectedValue) in to.copy.state = try SettingValue.location(text) }),
        Setting(
            "run", .worker, placeholder: "ID", help: "The id of the run, which every record carries.",
            unset: "made for each command", text: { $0.run },
            parse: { text, to throws(ExpectedValue) in
                guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), (1...256).contains(text.utf8.count) else {
                    throw ExpectedValue("up to 256 visible ASCII characters")
                }
                to.run = text
            }),
    ]

    /// What the driver does with what is too large for one CopyObject.
    private static let driver: [Setting] = [
        Setting(
            "mode", .driver, placeholder: "copy|archive", help: "What is done with each object.",
            text: { $0.jobs.mode.rawValue },
            parse: { text, to throws(ExpectedValue) in to.jobs.mode = try SettingValue.choice(text) }),
        Setting(
            "archive-queue", .driver, placeholder: "URL",
            help: "The SQS queue of the workers that archive objects of up to the largest size for archives.",
            unset: "none; mode archive fails without it", text: { $0.jobs.archiveQueue },
            parse: { text, to throws(ExpectedValue) in to.jobs.archiveQueue = try SettingValue.queueURL(text) }),
        Setting(
            "job-queue", .driver, placeholder: "QUEUE", help: "The AWS Batch queue for objects over the inline limit.",
            unset: "none; larger objects fail", text: { $0.jobs.queue },
            parse: { text, to throws(ExpectedValue) in
                to.jobs.queue = try SettingValue.resource(text, "the name or ARN of a job queue")
            }),
        Setting(
            "job-definition", .driver, placeholder: "DEFINITION", help: "The AWS Batch job definition of the worker.",
            unset: "none; larger objects fail", text: { $0.jobs.definition },
            parse: { text, to throws(ExpectedValue) in
                to.jobs.definition = try SettingValue.resource(text, "the name, NAME:REVISION or ARN of a definition")
            }),
        Setting(
            "job-share", .driver, placeholder: "NAME", help: "The share identifier, for a queue with fair shares.",
            unset: "none is sent", text: { $0.jobs.shareIdentifier },
            parse: { text, to throws(ExpectedValue) in
                let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
                guard (1...255).contains(text.utf8.count), isPlain else {
                    throw ExpectedValue("up to 255 letters and digits")
                }
                to.jobs.shareIdentifier = text
            }),
        Setting(
            "job-attempts", .driver, placeholder: "N",
            help: "How often a job is started at most; only spot reclaim and exit code 75 start it again.",
            text: { "\($0.jobs.attempts)" },
            parse: { text, to throws(ExpectedValue) in to.jobs.attempts = try SettingValue.count(text, 1...10) }),
        Setting(
            "job-timeout", .driver, placeholder: "TIME", help: "How long one attempt of a job may take.",
            text: { SettingValue.secondsText($0.jobs.timeout) },
            parse: { text, to throws(ExpectedValue) in
                to.jobs.timeout = try SettingValue.seconds(text, 60...14 * 86400)
            }),
    ]

    /// The classes that a copy can be given (S3 API Reference, CopyObject, x-amz-storage-class).
    private static let storageClasses = [
        "STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE",
        "REDUCED_REDUNDANCY", "EXPRESS_ONEZONE", "OUTPOSTS", "SNOW",
    ]

    /// The canned ACLs of objects (S3 User Guide, Canned ACL).
    private static let acls = [
        "private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read",
        "bucket-owner-full-control",
    ]
}
