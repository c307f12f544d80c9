import Console
import Jobs
import Queueing
import S3
import Testing

@testable import Commands

@Suite struct WorkRequestTests {
    static func request(_ words: String..., environment: [String: String] = [:]) throws -> WorkRequest {
        try WorkRequest(
            Arguments(["--queue", "q"] + words, of: .work, environment: environment), environment: environment)
    }

    @Test func whatIsNotSaidIsAsHelpSays() throws {
        let request = try Self.request()
        #expect(request.options.limits == BundleLimits())
        #expect(request.options.idleExit == nil)
        #expect(request.options.visibility == 120)
        #expect(request.concurrency == 64)
    }

    @Test func flagsAreTaken() throws {
        let request = try Self.request(
            "--count", "100000", "--size", "5GiB", "--age", "0s", "--idle-exit", "1m", "--max-jobs", "7",
            "--visibility", "1h", "--bundles", "3", "--concurrency", "9")
        #expect(request.options.limits.count == 100_000)
        #expect(request.options.limits.held == 100_000)
        #expect(request.options.limits.bytes == 5 << 30)
        #expect(request.options.limits.age == .zero)
        #expect(request.options.idleExit == .seconds(60))
        #expect(request.options.maxJobs == 7)
        #expect(request.options.visibility == 3600)
        #expect(request.options.concurrency == 3)
        #expect(request.concurrency == 9)
    }

    @Test(arguments: [
        ["--count", "0"], ["--size", "0"], ["--age", "-1s"], ["--visibility", "1s"], ["--visibility", "13h"],
        ["--max-jobs", "0"], ["--to", "archive"], ["--archive-format", "rar"], ["--bundles", "65"],
    ])
    func wrongValuesAreRefusedBeforeAnythingIsTaken(_ flags: [String]) throws {
        #expect(throws: UsageError.self) {
            try WorkRequest(Arguments(["--queue", "q"] + flags, of: .work, environment: [:]), environment: [:])
        }
    }

    @Test func aQueueMustBeNamed() throws {
        #expect(throws: UsageError.self) {
            try WorkRequest(Arguments([], of: .work, environment: [:]), environment: [:])
        }
    }

    @Test func theBucketOfManifestsWithKeysAloneIsAFlag() throws {
        #expect(try Self.request("--bucket", "b").bucket == "b")
        #expect(try Self.request(environment: ["S3HAUL_BUCKET": "b"]).bucket == "b")
    }

    /// A message's settings go before the worker's flags, and those before its environment.
    @Test func settingsOfMessagesGoFirst() throws {
        let environment = ["S3HAUL_STORAGE_CLASS": "GLACIER", "S3HAUL_LEVEL": "1", "S3HAUL_ARCHIVE_FORMAT": "zip"]
        let settings = try Self.request(
            "--to", "s3://worker/", "--level", "2", "--archive-format", "tar", environment: environment
        ).settings
        let own = try settings.placed([:])
        #expect(own.destination == ObjectPrefix(bucket: "worker", prefix: ""))
        #expect(own.settings.bundle.format == .tar)
        #expect(own.settings.bundle.level == 2)
        #expect(own.settings.copy.storageClass == "GLACIER")
        let message = try settings.placed([
            "S3HAUL_TO": "s3://message/p/", "S3HAUL_ARCHIVE_FORMAT": "tar.zst", "S3HAUL_DELETE_SOURCE": "true",
            "AWS_ENDPOINT_URL": "http://elsewhere", "S3HAUL_QUEUE": "another",
        ])
        #expect(message.destination == ObjectPrefix(bucket: "message", prefix: "p/"))
        #expect(message.settings.bundle.format == .tarZstd)
        #expect(message.settings.bundle.level == 2)
        #expect(message.settings.bundle.deletesSource)
        #expect(throws: (any Error).self) { try settings.placed(["S3HAUL_LEVEL": "much"]) }
        #expect(throws: (any Error).self) { try settings.placed(["S3HAUL_TO": "elsewhere"]) }
        #expect(throws: (any Error).self) { try Self.request().settings.placed([:]) }
    }

    @Test func claimsLieWithTheStateOrBelowTheDestination() {
        var settings = RunSettings()
        #expect(
            QueueSettings.claims(settings, ObjectPrefix(bucket: "a", prefix: "p")).uri == "s3://a/p/_s3haul/")
        #expect(QueueSettings.claims(settings, ObjectPrefix(bucket: "a", prefix: "")).uri == "s3://a/_s3haul/")
        settings.copy.state = ObjectPrefix(bucket: "s", prefix: "x/")
        #expect(QueueSettings.claims(settings, ObjectPrefix(bucket: "a", prefix: "p/")).uri == "s3://s/x/")
    }
}
