import Jobs
import S3
import Testing

@Suite struct KMSKeyTests {
    private static let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

    @Test(
        arguments: [
            (arn, arn, true), (arn, "1234abcd-12ab-34cd-56ef-1234567890ab", true), (arn, "alias/archive", true),
            (arn, "arn:aws:kms:eu-west-1:111122223333:alias/archive", true), (arn, "90ab", false),
            (arn, "9999abcd-12ab-34cd-56ef-1234567890ab", false), ("90ab", "90ab", true), (nil, "alias/archive", false),
            (nil, arn, false),
        ] as [(String?, String, Bool)])
    func mayBeAnother(_ found: String?, _ wanted: String, _ expected: Bool) {
        #expect(KMSKey.may(found, be: wanted) == expected)
    }
}

@Suite struct SettingsTests {
    @Test func nothingSetGivesTheDefaults() throws {
        #expect(try RunSettings(environment: [:]) == RunSettings())
        #expect(try RunSettings(environment: ["S3HAUL_ACL": "", "S3HAUL_PART_SIZE": ""]) == RunSettings())
    }

    @Test func namesAreMadeFromOneName() throws {
        let setting = try #require(Setting.all.first { $0.name == "grant-read-acp" })
        #expect(setting.flag == "--grant-read-acp")
        #expect(setting.environmentVariable == "S3HAUL_GRANT_READ_ACP")
        #expect(setting.userArgument == "grantReadAcp")
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    }

    struct Right: Sendable, CustomTestStringConvertible {
        var name: String
        var value: String
        var expected: @Sendable (inout RunSettings) -> Void
        var testDescription: String { "\(name)=\(value)" }

        init(_ name: String, _ value: String, _ expected: @escaping @Sendable (inout RunSettings) -> Void) {
            self.name = name
            self.value = value
            self.expected = expected
        }
    }

    @Test(arguments: [
        Right("destination-bucket", "my.bucket-1") { $0.copy.bucket = "my.bucket-1" },
        Right("destination-prefix", "archive/2026/") { $0.copy.prefix = "archive/2026/" },
        Right("storage-class", "GLACIER_IR") { $0.copy.storageClass = "GLACIER_IR" },
        Right("kms-key-id", "alias/media") { $0.copy.kmsKeyId = "alias/media" },
        Right("kms-key-id", "1234abcd-12ab-34cd-56ef-1234567890ab") {
            $0.copy.kmsKeyId = "1234abcd-12ab-34cd-56ef-1234567890ab"
        },
        Right("kms-key-id", "mrk-1234abcd12ab34cd56ef1234567890ab") {
            $0.copy.kmsKeyId = "mrk-1234abcd12ab34cd56ef1234567890ab"
        },
        Right("kms-key-id", "arn:aws-cn:kms:cn-north-1:111122223333:alias/a/b") {
            $0.copy.kmsKeyId = "arn:aws-cn:kms:cn-north-1:111122223333:alias/a/b"
        },
        Right("acl", "bucket-owner-full-control") { $0.copy.acl = "bucket-owner-full-control" },
        Right("grant-read", "id=abc,  uri=\"http://acs.amazonaws.com/groups/s3/LogDelivery\"") {
            $0.copy.grants = ["read": "id=\"abc\", uri=\"http://acs.amazonaws.com/groups/s3/LogDelivery\""]
        },
        Right("copy-acl", "true") { $0.copy.copiesACL = true },
        Right("tags", "none") { $0.copy.tags = .none },
        Right("tags", "copy") { _ in },
        Right("tags", "a=1&b+c=%26%3D") { $0.copy.tags = .replace(["a": "1", "b c": "&="]) },
        Right("metadata", "Content-Type=text/plain&origin=é") {
            $0.copy.metadata = .replace(["Content-Type": "text/plain", "origin": "é"])
        },
        Right("overwrite", "false") { $0.copy.overwrites = false },
        Right("inline-limit", "0") { $0.copy.inlineLimit = 0 },
        Right("inline-limit", "5GB") { $0.copy.inlineLimit = 5_000_000_000 },
        Right("inline-limit", "1234567") { $0.copy.inlineLimit = 1_234_567 },
        Right("part-size", "5MiB") { $0.copy.partSize = 5 << 20 },
        Right("part-size", "5GiB") { $0.copy.partSize = 5 << 30 },
        Right("parallelism", "64") { $0.copy.parallelism = 64 },
        Right("verify", "deep") { $0.copy.verification = .deep },
        Right("requester-pays", "true") { $0.copy.requesterPays = true },
        Right("state", "s3://state/a/b") { $0.copy.state = ObjectPrefix(bucket: "state", prefix: "a/b/") },
        Right("state", "s3://state") { $0.copy.state = ObjectPrefix(bucket: "state", prefix: "") },
        Right("run", "job-1") { $0.run = "job-1" },
        Right("mode", "copy") { _ in },
        Right("job-queue", "arn:aws:batch:eu-west-1:111122223333:job-queue/q") {
            $0.jobs.queue = "arn:aws:batch:eu-west-1:111122223333:job-queue/q"
        },
        Right("job-definition", "s3haul:3") { $0.jobs.definition = "s3haul:3" },
        Right("job-share", "media") { $0.jobs.shareIdentifier = "media" },
        Right("job-attempts", "3") { $0.jobs.attempts = 3 },
        Right("job-timeout", "90m") { $0.jobs.timeout = 5400 },
        Right("job-timeout", "61") { $0.jobs.timeout = 61 },
    ])
    func aRightValueIsReadFromEveryPlace(_ row: Right) throws {
        let setting = try #require(Setting.all.first { $0.name == row.name })
        var expected = RunSettings()
        row.expected(&expected)
        #expect(try RunSettings(environment: [setting.environmentVariable: row.value]) == expected)
        if setting.scope != .driver {
            #expect(try RunSettings(environment: [:], flags: [(setting.flag, row.value)]) == expected)
            #expect(try RunSettings(environment: expected.environment) == expected)
        }
        if setting.scope != .worker {
            var settings = RunSettings()
            try settings.apply(userArguments: [setting.userArgument: row.value])
            #expect(settings == expected)
        }
    }

    @Test(arguments: [
        ("destination-bucket", "s3://bucket"), ("destination-bucket", "ab"),
        ("destination-prefix", "/a"), ("destination-prefix", "s3://b/a"),
        ("destination-prefix", String(repeating: "a", count: 1024)),
        ("storage-class", "glacier"), ("storage-class", "COLD"),
        ("kms-key-id", "my-key"), ("kms-key-id", "alias/"), ("kms-key-id", "arn:aws:kms:eu-west-1:1:key/x"),
        ("kms-key-id", "arn:aws:s3:::bucket"), ("kms-key-id", "1234abcd-12ab-34cd-56ef-1234567890zz"),
        ("acl", "log-delivery-write"), ("acl", "Private"),
        ("grant-read", "abc"), ("grant-read", "id="), ("grant-read", "id=a,"), ("grant-read", "name=a"),
        ("grant-read", "id=\"a\nb\""),
        ("copy-acl", "yes"), ("overwrite", "1"), ("requester-pays", "TRUE"),
        ("tags", "a"), ("tags", "=1"), ("tags", "a=1&a=2"), ("tags", "a=%FF"), ("tags", "a=100%"), ("tags", "a=1&"),
        ("tags", (0...10).map { "k\($0)=v" }.joined(separator: "&")),
        ("tags", "\(String(repeating: "k", count: 129))=v"), ("tags", "k=\(String(repeating: "v", count: 257))"),
        ("metadata", "all"), ("metadata", "a b=1"), ("metadata", "a=%0d%0aX: 1"),
        ("metadata", "a=\(String(repeating: "v", count: 2048))"),
        ("inline-limit", "5000000001"), ("inline-limit", "5GiB"), ("inline-limit", "-1"), ("inline-limit", "1.5GB"),
        ("inline-limit", "MiB"), ("inline-limit", "99999999999999999999"), ("inline-limit", "9999999999TiB"),
        ("part-size", "5242879"), ("part-size", "6GiB"), ("part-size", "64M"),
        ("parallelism", "0"), ("parallelism", "1025"), ("parallelism", "+4"),
        ("verify", "none"), ("state", "bucket/prefix"), ("state", "s3:///a"), ("state", "s3://bucket//a"),
        ("run", "a b"), ("run", String(repeating: "r", count: 257)),
        ("mode", "move"), ("job-queue", "a queue"), ("job-definition", "d;e"), ("job-share", "a-b"),
        ("job-attempts", "11"), ("job-attempts", "0"),
        ("job-timeout", "59"), ("job-timeout", "15d"), ("job-timeout", "9223372036854775807d"), ("job-timeout", "h"),
    ])
    func aWrongValueIsOneLineThatNamesSettingPlaceAndWayOut(_ name: String, _ value: String) throws {
        let setting = try #require(Setting.all.first { $0.name == name })
        let error = #expect(throws: SettingError.self) {
            try RunSettings(environment: [setting.environmentVariable: value])
        }
        let line = try #require(error).description
        #expect(line.hasPrefix("\(setting.environmentVariable) is \""))
        #expect(line.contains("; it must be "))
        #expect(line.allSatisfy { !$0.isNewline })
        #expect(line.count < 400)
    }

    @Test func flagsGoBeforeTheEnvironmentAndUserArgumentsBeforeBoth() throws {
        var settings = try RunSettings(
            environment: ["S3HAUL_PARALLELISM": "1", "S3HAUL_VERIFY": "deep"],
            flags: [("--parallelism", "2"), ("--parallelism", "3"), ("--recursive", "")])
        #expect(settings.copy.parallelism == 3)
        #expect(settings.copy.verification == .deep)
        try settings.apply(userArguments: ["parallelism": "4"])
        #expect(settings.copy.parallelism == 4)
    }

    @Test func aNearerPlaceReplacesTheAccessThatAFartherOneGives() throws {
        var settings = try RunSettings(
            environment: ["S3HAUL_GRANT_READ": "id=a", "S3HAUL_GRANT_READ_ACP": "id=b"],
            flags: [("--acl", "private")])
        #expect(settings.copy.grants.isEmpty)
        #expect(settings.copy.acl == "private")
        try settings.apply(userArguments: ["copyAcl": "true"])
        #expect(settings.copy.acl == nil)
        #expect(settings.copy.copiesACL)
    }

    @Test(arguments: [
        ["S3HAUL_ACL": "private", "S3HAUL_GRANT_READ": "id=a"],
        ["S3HAUL_ACL": "private", "S3HAUL_COPY_ACL": "true"],
        ["S3HAUL_GRANT_WRITE_ACP": "id=a", "S3HAUL_COPY_ACL": "true"],
    ])
    func accessIsSaidInOneWay(_ environment: [String: String]) throws {
        let error = #expect(throws: SettingError.self) { try RunSettings(environment: environment) }
        let line = try #require(error).description
        for name in environment.keys { #expect(line.contains(name)) }
    }

    @Test func anUnknownUserArgumentIsNamed() throws {
        var settings = RunSettings()
        let error = #expect(throws: SettingError.self) {
            try settings.apply(userArguments: ["storageclass": "GLACIER"])
        }
        #expect(try #require(error).description.contains("\"storageclass\" is no setting"))
        #expect(try #require(error).description.contains("storageClass"))
    }
}
