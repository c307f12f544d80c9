import Jobs
import S3
import Testing
import Transfer

@Suite struct DestinationPropertiesTests {
    static func source() -> HeadObjectOutput {
        var head = HeadObjectOutput(contentLength: 10, eTag: "e")
        head.properties.contentType = "video/mp4"
        head.properties.cacheControl = "no-cache"
        head.properties.contentDisposition = "attachment"
        head.properties.contentEncoding = "br"
        head.properties.contentLanguage = "de"
        head.properties.expires = "Thu, 01 Dec 2033 16:00:00 GMT"
        head.properties.metadata = ["origin": "camera 3"]
        head.properties.websiteRedirectLocation = "/elsewhere"
        head.properties.storageClass = "STANDARD_IA"
        head.properties.serverSideEncryption = "AES256"
        head.properties.objectLockMode = "GOVERNANCE"
        head.properties.objectLockRetainUntilDate = "2033-12-01T00:00:00.000Z"
        head.properties.objectLockLegalHold = "ON"
        head.checksum = ObjectChecksum(algorithm: "CRC32C", value: "AAAAAA==", type: "FULL_OBJECT")
        return head
    }

    static let tags = [S3.Tag(key: "team", value: "media")]
    /// Before the retention ends, and after.
    static let before: Int64 = 2_000_000_000
    static let after: Int64 = 2_100_000_000

    @Test(arguments: [
        ("longer than the source's", "2034-01-01T00:00:00Z", "COMPLIANCE", "2034-01-01T00:00:00Z"),
        ("shorter", "2032-01-01T00:00:00Z", "GOVERNANCE", "2033-12-01T00:00:00.000Z"),
    ])
    func aLockThatIsWantedIsSetWhereTheSourceHasNoLongerOne(
        _ row: (label: String, until: String, mode: String, end: String)
    ) {
        var settings = CopySettings()
        settings.lock = .init(mode: "COMPLIANCE", until: row.until)
        let made = DestinationProperties(source: Self.source(), settings: settings, now: Self.before).headers.properties
        #expect((made.objectLockMode, made.objectLockRetainUntilDate) == (row.mode, row.end), "\(row.label)")
    }

    @Test func keepsAllThatTheSourceHas() {
        let source = Self.source()
        let made = DestinationProperties(source: source, tags: Self.tags, settings: CopySettings(), now: Self.before)
        var wanted = source.properties
        wanted.serverSideEncryption = nil
        #expect(made.headers.properties == wanted)
        #expect(made.headers.tags == Self.tags)
        #expect(made.keepsMetadata && made.keepsTags && made.tagsAfterwards == nil)
        #expect(made.headers.checksumAlgorithm == "CRC32C" && made.headers.checksumType == "FULL_OBJECT")
    }

    @Test func replacesWhatSettingsReplace() {
        var settings = CopySettings()
        settings.storageClass = "GLACIER_IR"
        settings.kmsKeyId = "alias/archive"
        settings.acl = "bucket-owner-full-control"
        settings.tags = .replace(["b": "2", "a": "1"])
        settings.metadata = .replace(["Content-Type": "text/plain", "x-amz-meta-One": "1", "two": "2"])
        settings.requesterPays = true
        let made = DestinationProperties(source: Self.source(), tags: Self.tags, settings: settings, now: Self.before)
        #expect(made.headers.properties.storageClass == "GLACIER_IR")
        #expect(made.headers.properties.serverSideEncryption == "aws:kms")
        #expect(made.headers.properties.sseKMSKeyId == "alias/archive")
        #expect(made.headers.acl == "bucket-owner-full-control")
        #expect(made.headers.tags == [S3.Tag(key: "a", value: "1"), S3.Tag(key: "b", value: "2")])
        #expect(made.headers.properties.contentType == "text/plain")
        #expect(made.headers.properties.cacheControl == nil)
        #expect(made.headers.properties.metadata == ["one": "1", "two": "2"])
        #expect(made.headers.requesterPays && !made.keepsMetadata && !made.keepsTags)
    }

    @Test func leavesOutWhatSettingsLeaveOut() {
        var settings = CopySettings()
        settings.tags = .none
        settings.metadata = .none
        let made = DestinationProperties(source: Self.source(), tags: Self.tags, settings: settings, now: Self.before)
        #expect(made.headers.tags == nil && made.tagCount == 0)
        #expect(made.headers.properties.contentType == nil && made.headers.properties.metadata.isEmpty)
        #expect(made.headers.properties.websiteRedirectLocation == "/elsewhere")
    }

    @Test func takesGrantsFromTheSourceOnlyWhenAsked() {
        var settings = CopySettings()
        settings.grants = ["read": "id=\"x\""]
        let grants = ["full-control": "id=\"owner\""]
        let given = DestinationProperties(source: Self.source(), grants: grants, settings: settings, now: Self.before)
        #expect(given.headers.grants == settings.grants)
        settings.copiesACL = true
        let copied = DestinationProperties(source: Self.source(), grants: grants, settings: settings, now: Self.before)
        #expect(copied.headers.grants == grants)
    }

    @Test func asksForNoRetentionThatHasEnded() {
        let made = DestinationProperties(source: Self.source(), settings: CopySettings(), now: Self.after)
        #expect(made.headers.properties.objectLockMode == nil)
        #expect(made.headers.properties.objectLockRetainUntilDate == nil)
        #expect(made.headers.properties.objectLockLegalHold == "ON")
    }

    @Test(
        arguments: [
            ("as the source", "GOVERNANCE", "2033-12-01T00:00:00Z", "ON", true),
            ("for longer", "GOVERNANCE", "2034-12-01T00:00:00Z", "ON", true),
            ("more strictly", "COMPLIANCE", "2033-12-01T00:00:00Z", "ON", true),
            ("for less", "GOVERNANCE", "2032-12-01T00:00:00Z", "ON", false),
            ("without a hold", "GOVERNANCE", "2033-12-01T00:00:00Z", "OFF", false),
            ("by a hold alone", nil, nil, "ON", false),
            ("not at all", nil, nil, nil, false),
        ] as [(String, String?, String?, String?, Bool)])
    func aCopyIsTheSourceWhereItIsLockedLikeIt(
        _ label: String, _ mode: String?, _ end: String?, _ hold: String?, _ isSame: Bool
    ) {
        let wanted = DestinationProperties(source: Self.source(), settings: CopySettings(), now: Self.before)
        var found = Self.source()
        found.properties.objectLockMode = mode
        found.properties.objectLockRetainUntilDate = end
        found.properties.objectLockLegalHold = hold
        #expect(wanted.areThose(of: found) == isSame, "locked \(label)")
    }

    @Test func aLockThatSettingsAskForMakesNoCopyTwice() {
        var settings = CopySettings()
        settings.lock = .init(mode: "COMPLIANCE", until: "2034-01-01T00:00:00Z")
        var source = Self.source()
        source.properties.objectLockLegalHold = nil
        let wanted = DestinationProperties(source: source, settings: settings, now: Self.before)
        #expect(wanted.areThose(of: source))
    }

    @Test(arguments: [("EXPRESS_ONEZONE", nil), ("OUTPOSTS", nil), ("DEEP_ARCHIVE", "DEEP_ARCHIVE")])
    func keepsStorageClassesThatAnyBucketTakes(_ sourceClass: String, _ kept: String?) {
        var source = Self.source()
        source.properties.storageClass = sourceClass
        let made = DestinationProperties(source: source, settings: CopySettings(), now: Self.before)
        #expect(made.headers.properties.storageClass == kept)
    }

    @Test func setsTagsAfterwardsThatAreTooLongForAHeader() {
        let long = (0..<10).map { S3.Tag(key: "key \($0)", value: String(repeating: "ä", count: 100)) }
        let made = DestinationProperties(source: Self.source(), tags: long, settings: CopySettings(), now: Self.before)
        #expect(made.headers.tags == nil && made.tagsAfterwards == long)
    }

    struct Checksum: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var checksum: ObjectChecksum
        var algorithm: String?
        var type: String?
    }

    static let checksums = [
        Checksum(
            testDescription: "CRC over parts", checksum: .init(algorithm: "CRC32", value: "A-3", type: nil),
            algorithm: "CRC32", type: "COMPOSITE"),
        Checksum(
            testDescription: "CRC64NVME", checksum: .init(algorithm: "CRC64NVME", value: "A", type: "FULL_OBJECT"),
            algorithm: "CRC64NVME", type: "FULL_OBJECT"),
        Checksum(
            testDescription: "SHA-256 has no form over the whole",
            checksum: .init(algorithm: "SHA256", value: "A", type: "FULL_OBJECT"), algorithm: "SHA256",
            type: "COMPOSITE"),
        Checksum(
            testDescription: "unknown", checksum: .init(algorithm: "XXHASH64", value: "A", type: "FULL_OBJECT"),
            algorithm: nil, type: nil),
    ]

    @Test(arguments: checksums) func asksForTheSourcesChecksum(_ row: Checksum) {
        var source = Self.source()
        source.checksum = row.checksum
        let made = DestinationProperties(source: source, settings: CopySettings(), now: Self.before)
        #expect(made.headers.checksumAlgorithm == row.algorithm && made.headers.checksumType == row.type)
    }

    // MARK: - Both ways to copy

    static let settings: [(String, @Sendable (inout CopySettings) -> Void)] = [
        ("defaults", { _ in }),
        ("KMS", { $0.kmsKeyId = "alias/archive" }),
        ("storage class", { $0.storageClass = "GLACIER_IR" }),
        ("canned ACL", { $0.acl = "bucket-owner-full-control" }),
        ("grants", { $0.grants = ["read": "id=\"x\""] }),
        ("the source's ACL", { $0.copiesACL = true }),
        ("no tags", { $0.tags = .none }),
        ("other tags", { $0.tags = .replace(["a": "b"]) }),
        ("no metadata", { $0.metadata = .none }),
        ("other metadata", { $0.metadata = .replace(["Content-Type": "text/plain", "a": "b"]) }),
    ]

    /// A copy by CopyObject and one in parts of the same source are the same, whatever the settings.
    @Test(arguments: settings.indices) func smallAndLargeCopiesAreTheSame(_ index: Int) async throws {
        let (name, change) = Self.settings[index]
        var made: [FakeStore.Object] = []
        for size in [5, 23 * Bench.mebibyte] {
            var bench = Bench()
            change(&bench.settings)
            bench.store.put(bench.source, size: size) { object in
                object.properties = Self.source().properties
                object.tags = Self.tags
                object.grants = ["full-control": "id=\"owner\""]
            }
            let record = await bench.copy()
            #expect(record.outcome == .copied && record.parts == (size == 5 ? 1 : 5), "\(name): \(record)")
            made.append(try #require(bench.store.object(bench.destination)))
        }
        #expect(made[0].properties == made[1].properties, "\(name)")
        #expect(made[0].tags == made[1].tags, "\(name)")
        #expect(made[0].acl == made[1].acl && made[0].grants == made[1].grants, "\(name)")
    }

    @Test(arguments: [5, 23 << 20] as [Int64]) func setsLongTagsBothWays(_ size: Int64) async throws {
        let long = (0..<10).map { S3.Tag(key: "key \($0)", value: String(repeating: "ä", count: 100)) }
        let bench = Bench()
        bench.store.put(bench.source, size: size) { $0.tags = long }
        #expect(await bench.copy().outcome == .copied)
        #expect(bench.store.object(bench.destination)?.tags == long)
    }
}
