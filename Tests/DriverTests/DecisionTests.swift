import Driver
import Jobs
import S3
import Testing

@testable import Driver

@Suite struct DecisionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var facts: TaskFacts
        var settings: RunSettings
        var expected: Expected

        init(
            _ label: String, _ expected: Expected, source: (inout HeadObjectOutput) -> Void = { _ in },
            destination: ((inout HeadObjectOutput) -> Void)? = nil,
            settings change: (inout RunSettings) -> Void = { _ in }
        ) {
            testDescription = label
            self.expected = expected
            var head = FakeStore.head(1000)
            source(&head)
            var standing: HeadObjectOutput?
            if let destination {
                var object = head
                object.tagCount = nil
                destination(&object)
                standing = object
            }
            facts = TaskFacts(source: head, destination: standing)
            settings = RunSettings()
            settings.jobs.queue = "queue"
            settings.jobs.definition = "worker"
            change(&settings)
        }
    }

    enum Expected: Sendable, Equatable {
        case nothing(TaskRecord.Proof)
        case copy
        case submit
        case refuse(String)

        init(_ decision: Decision) {
            self =
                switch decision {
                case .nothing(let proof): .nothing(proof)
                case .copy: .copy
                case .submit: .submit
                case .refuse(let refusal): .refuse(refusal.code)
                }
        }
    }

    /// Keeps a checksum that a copy under KMS has, too.
    static func hasChecksum(_ head: inout HeadObjectOutput) {
        head.checksum = ObjectChecksum(algorithm: "CRC64NVME", value: "AAAAAAAAAAA=", type: "FULL_OBJECT")
    }

    /// Is encrypted by a key that S3 names by its ARN, so that its ETag says nothing.
    static func isUnderKMS(_ head: inout HeadObjectOutput) {
        head.properties.serverSideEncryption = "aws:kms"
        head.properties.sseKMSKeyId = "arn:aws:kms:eu-west-1:111122223333:key/k"
        head.eTag = "11111111111111111111111111111111"
    }

    static let sizes: [Row] = [
        Row("empty", .copy, source: { $0.contentLength = 0 }),
        Row("at the inline limit", .copy, source: { $0.contentLength = 256 << 20 }),
        Row("a byte over the inline limit", .submit, source: { $0.contentLength = 256 << 20 + 1 }),
        Row("50 TB", .submit, source: { $0.contentLength = 50_000_000_000_000 }),
        Row(
            "never over 5 GB by CopyObject", .submit, source: { $0.contentLength = 5_000_000_001 },
            settings: { $0.copy.inlineLimit = .max }),
        Row(
            "5 GB by CopyObject", .copy, source: { $0.contentLength = 5_000_000_000 },
            settings: { $0.copy.inlineLimit = .max }),
        Row("all by job", .submit, settings: { $0.copy.inlineLimit = 0 }),
        Row(
            "no queue", .refuse("NoJobQueue"), source: { $0.contentLength = 1 << 30 }, settings: { $0.jobs.queue = nil }
        ),
        Row(
            "no definition", .refuse("NoJobQueue"), source: { $0.contentLength = 1 << 30 },
            settings: { $0.jobs.definition = nil }),
        Row("small needs no queue", .copy, settings: { $0.jobs.queue = nil }),
    ]

    static let archives: [Row] = [
        Row("Glacier", .refuse("InvalidObjectState"), source: { $0.properties.storageClass = "GLACIER" }),
        Row("Deep Archive", .refuse("InvalidObjectState"), source: { $0.properties.storageClass = "DEEP_ARCHIVE" }),
        Row(
            "archive tier", .refuse("InvalidObjectState"),
            source: {
                $0.properties.storageClass = "INTELLIGENT_TIERING"
                $0.archiveStatus = "DEEP_ARCHIVE_ACCESS"
            }),
        Row(
            "being restored", .refuse("InvalidObjectState"),
            source: {
                $0.properties.storageClass = "GLACIER"
                $0.restore = "ongoing-request=\"true\""
            }),
        Row(
            "restored", .copy,
            source: {
                $0.properties.storageClass = "GLACIER"
                $0.restore = "ongoing-request=\"false\", expiry-date=\"Fri, 21 Dec 2029 00:00:00 GMT\""
            }),
        Row("Glacier Instant Retrieval", .copy, source: { $0.properties.storageClass = "GLACIER_IR" }),
        Row("Intelligent-Tiering", .copy, source: { $0.properties.storageClass = "INTELLIGENT_TIERING" }),
        Row(
            "archived but there already", .nothing(.eTag), source: { $0.properties.storageClass = "GLACIER" },
            destination: { _ in }),
    ]

    static let destinations: [Row] = [
        Row("identical", .nothing(.eTag), destination: { _ in }),
        Row("other bytes", .copy, destination: { $0.eTag = "00000000000000000000000000000000" }),
        Row("other size", .copy, destination: { $0.contentLength = 1 }),
        Row("other metadata", .copy, destination: { $0.properties.metadata = ["a": "1"] }),
        Row("other content type", .copy, destination: { $0.properties.contentType = "text/html" }),
        Row("other storage class", .copy, destination: { $0.properties.storageClass = "STANDARD_IA" }),
        Row(
            "the storage class wanted", .nothing(.eTag), destination: { $0.properties.storageClass = "STANDARD_IA" },
            settings: { $0.copy.storageClass = "STANDARD_IA" }),
        Row("tags that cannot be seen", .copy, source: { $0.tagCount = 1 }, destination: { $0.tagCount = 1 }),
        Row(
            "tags not wanted", .nothing(.eTag), source: { $0.tagCount = 1 }, destination: { _ in },
            settings: { $0.copy.tags = .none }),
        Row("tags replaced", .copy, destination: { _ in }, settings: { $0.copy.tags = .replace(["a": "1"]) }),
        Row("metadata replaced", .copy, destination: { _ in }, settings: { $0.copy.metadata = .none }),
        Row("an ACL that cannot be seen", .copy, destination: { _ in }, settings: { $0.copy.acl = "private" }),
        Row("deep verification asked", .copy, destination: { _ in }, settings: { $0.copy.verification = .deep }),
        Row("no KMS key where one is wanted", .copy, destination: { _ in }, settings: { $0.copy.kmsKeyId = "k" }),
        Row(
            "under KMS, by checksum", .nothing(.checksum),
            source: hasChecksum, destination: isUnderKMS, settings: { $0.copy.kmsKeyId = "k" }),
        Row(
            "under KMS by an alias, by checksum", .nothing(.checksum),
            source: hasChecksum, destination: isUnderKMS, settings: { $0.copy.kmsKeyId = "alias/archive" }),
        Row(
            "identical, not to be replaced", .nothing(.eTag), destination: { _ in },
            settings: { $0.copy.overwrites = false }),
        Row(
            "another, not to be replaced", .refuse("PreconditionFailed"), destination: { $0.contentLength = 1 },
            settings: { $0.copy.overwrites = false }),
    ]

    @Test(arguments: sizes + archives + destinations)
    func decides(_ row: Row) {
        let decision = decide(row.facts, row.settings)
        #expect(Expected(decision) == row.expected)
        if case .refuse(let refusal) = decision {
            #expect(!refusal.advice.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("to", "", "from", "a", nil, "to/a"), ("to", "p/", "from", "a/b", nil, "to/p/a/b"),
            ("from", "p/", "from", "a", nil, "from/p/a"), (nil, "", "from", "a", "NoDestination", nil),
            ("from", "", "from", "a", "SameObject", nil),
            ("to", "pp", "from", String(repeating: "k", count: 1023), "KeyTooLongError", nil),
        ] as [(String?, String, String, String, String?, String?)])
    func destinationsAreMadeOfBucketPrefixAndKey(
        _ bucket: String?, _ prefix: String, _ from: String, _ key: String, _ refused: String?, _ expected: String?
    ) {
        var settings = CopySettings()
        settings.bucket = bucket
        settings.prefix = prefix
        do throws(Refusal) {
            let task = try CopyTask(ObjectReference(bucket: from, key: key, versionId: "v"), settings)
            #expect("\(task.destination.bucket)/\(task.destination.key)" == expected)
            #expect(task.destination.versionId == nil)
            #expect(refused == nil)
        } catch {
            #expect(error.code == refused)
        }
    }
}
