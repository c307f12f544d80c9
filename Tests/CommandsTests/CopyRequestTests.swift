import Console
import Jobs
import Manifests
import S3
import Testing

@testable import Commands

@Suite struct CopyRequestTests {
    private func request(
        _ words: [String], _ environment: [String: String] = [:]
    ) throws(UsageError) -> CopyRequest {
        guard case .run(let arguments) = try Program.s3haul.parse(["copy"] + words, environment: environment) else {
            throw UsageError("nothing to run")
        }
        return try CopyRequest(arguments, environment: environment)
    }

    @Test func readsOneObject() throws {
        let request = try request([
            "s3://a/k?versionId=v1", "s3://b/x/", "--storage-class", "STANDARD_IA", "--copy-acl",
        ])
        #expect(request.source == .object(ObjectReference(bucket: "a", key: "k", versionId: "v1")))
        #expect(request.settings.copy.storageClass == "STANDARD_IA")
        #expect(request.settings.copy.copiesACL)
        #expect(request.output == .text)
        #expect(request.concurrency == nil)
    }

    @Test func readsAddressesAsTheDriverWritesThem() throws {
        let odd = ObjectReference(bucket: "b", key: "k?versionId=x")
        let request = try request([odd.uri, odd.uri])
        #expect(request.source == .object(odd))
        #expect(request.naming.destination(of: odd) == odd)
    }

    @Test func readsAManifestAndTheBucketOfItsKeys() throws {
        let request = try request(["--manifest", "keys.txt", "--manifest-format=keys", "s3://a", "s3://b/"])
        #expect(request.source == .manifest(.file("keys.txt"), format: .keys, bucket: "a"))
        #expect(
            try self.request(["--manifest", "-", "s3://b/"]).source == .manifest(.standard, format: nil, bucket: nil))
    }

    @Test func prefersFlagsToTheEnvironment() throws {
        let environment = ["S3HAUL_PART_SIZE": "8MiB", "S3HAUL_RECORDS": "r.jsonl", "S3HAUL_CONCURRENCY": "3"]
        let words = ["--recursive", "s3://a/p/", "s3://b/"]
        let fromEnvironment = try request(words, environment)
        #expect(fromEnvironment.settings.copy.partSize == 8 << 20)
        #expect(fromEnvironment.records == .file("r.jsonl"))
        #expect(fromEnvironment.concurrency == 3)
        #expect(try request(words + ["--part-size", "16MiB"], environment).settings.copy.partSize == 16 << 20)
    }

    @Test(arguments: [("full", CopyRequest.Fidelity.full), ("listed", .listed), (nil, nil)])
    func asksMuchOfWhatIsListed(_ text: String?, _ fidelity: CopyRequest.Fidelity?) throws {
        let words = ["--recursive", "s3://a/p/", "s3://b/"] + (text.map { ["--fidelity", $0] } ?? [])
        #expect(try request(words).fidelity == fidelity)
    }

    @Test func keepsStateInS3OrInADirectory() throws {
        let words = ["s3://a/k", "s3://b/k"]
        #expect(
            try request(words + ["--state", "s3://bucket/state"]).settings.copy.state
                == .init(bucket: "bucket", prefix: "state/")
        )
        let local = try request(words + ["--state", "/var/state"], ["S3HAUL_STATE": "s3://bucket/state"])
        #expect(local.settings.copy.state == nil)
        #expect(local.stateDirectory == "/var/state")
        #expect(try request(words, ["S3HAUL_STATE": "/var/state"]).stateDirectory == "/var/state")
    }

    @Test(arguments: [
        (["s3://a/k", "s3://b/k?versionId=v1"], "S3 makes the version of a destination"),
        (["s3://a/k"], "the destination is missing"),
        (["s3://a", "s3://b"], "add --recursive"),
        (["a/k", "s3://b"], "does not begin with s3://"),
        (["s3://a/k", "b"], "does not begin with s3://"),
        (["--recursive", "s3://a/p/", "s3://a/p/copy/"], "the copies would be copied again"),
        (["--recursive", "--manifest", "m", "s3://a/"], "exclude each other"),
        (["--manifest", "m", "s3://a/p/", "s3://b/"], "a bucket alone: s3://a"),
        (["--manifest", "", "s3://b/"], "--manifest needs a file"),
        (["--manifest", "s3://m", "s3://b/"], "--manifest: \"s3://m\" has no key"),
        (["s3://a/k", "s3://b/k", "--part-size", "1"], "--part-size is \"1\""),
        (["s3://a/k", "s3://b/k", "--concurrency", "0"], "--concurrency: '0'"),
        (["s3://a/k", "s3://b/k", "--output", "xml"], "--output: 'xml' is none of text, json"),
        (["s3://a/k", "s3://b/k", "--recursiv"], "did you mean --recursive?"),
    ])
    func refuses(_ words: [String], _ says: String) {
        let error = #expect(throws: UsageError.self) { try request(words) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
}
