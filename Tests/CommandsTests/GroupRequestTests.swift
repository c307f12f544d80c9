import Console
import Grouping
import S3
import Testing

@testable import Commands

@Suite struct GroupRequestTests {
    private func request(_ words: [String], _ environment: [String: String] = [:]) throws(UsageError) -> GroupRequest {
        guard case .run(let arguments) = try Program.s3haul.parse(["group"] + words, environment: environment) else {
            throw UsageError("nothing to run")
        }
        return try GroupRequest(arguments)
    }

    @Test func hasSensibleDefaults() throws {
        let request = try request(["s3://b/p", "--to", "out/"])
        #expect(request.source == .listing(ObjectPrefix(bucket: "b", prefix: "p")))
        #expect(request.target == .folder("out"))
        #expect(request.parameters == .init(rule: .none, limits: GroupLimits(), filter: ObjectFilter()))
        #expect(request.submission == nil)
    }

    @Test func readsItsFlags() throws {
        let request = try request(
            [
                "--manifest", "-", "--to", "s3://jobs/x", "--by", "prefix", "--depth", "3", "--group-size", "1GiB",
                "--group-count", "7", "--match", "a*", "--match", "b*", "--older-than", "2d", "--min-object-size", "5",
                "--submit-job-queue", "q", "--job-definition", "d", "--", "--delete-source",
            ], ["S3HAUL_SOURCE_CLASS": "GLACIER"])
        #expect(request.source == .manifest(.standard, format: nil, bucket: nil))
        #expect(request.target == .s3(ObjectPrefix(bucket: "jobs", prefix: "x/")))
        #expect(request.parameters.rule == .prefix(depth: 3))
        #expect(request.parameters.limits == GroupLimits(size: 1 << 30, count: 7))
        var filter = ObjectFilter()
        filter.patterns = ["a*", "b*"]
        filter.olderThan = 172_800
        filter.minimumSize = 5
        filter.storageClasses = ["GLACIER"]
        #expect(request.parameters.filter == filter)
        #expect(request.submission == .jobs(queue: "q", definition: "d", flags: ["--delete-source"]))
    }

    @Test(arguments: [
        (["s3://b/", "--to", "s3://jobs/\n"], "control characters"),
        (["s3://b/", "--to", "s3://"], "--to"),
        (["s3://b/", "--to", "o", "--depth", "2"], "--by prefix"),
        (["s3://b/", "--to", "o", "--group-count", "0"], "--group-count"),
        (["s3://b/", "--to", "s3://j/", "--submit-queue", "name"], "queue's URL"),
        (["s3://b/", "--to", "s3://j/", "--submit-job-queue", "q"], "--job-definition"),
        (["s3://b/", "--to", "s3://j/", "--submit-job-queue", "q", "--submit-queue", "http://q"], "exclude"),
        (["s3://b/", "--to", "o", "--", "--delete-source"], "--delete-source"),
    ])
    func refuses(_ words: [String], _ message: String) {
        let error = #expect(throws: UsageError.self) { try request(words) }
        #expect(error?.description.contains(message) == true)
    }

    @Test func filesOfAnInventoryAreLookedForWhereCopiesOfItLie() {
        let places = InventoryFiles.candidates("p/data/1.csv.gz", besides: "/root/p/day/manifest.json")
        #expect(places.prefix(3) == ["/root/p/day/1.csv.gz", "/root/p/day/data/1.csv.gz", "/root/p/data/1.csv.gz"])
        #expect(places.contains("/root/p/data/1.csv.gz"))
        #expect(places.contains("/root/p/day/p/data/1.csv.gz"))
        #expect(!InventoryFiles.candidates("../../etc/passwd", besides: "/a/m.json").contains { $0.contains("..") })
    }
}
