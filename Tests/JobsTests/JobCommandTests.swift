import Jobs
import S3
import Testing

@Suite struct JobCommandTests {
    static let keys = [
        "video.mov", "a b/ü+日本/%41\n\"\\", "what?versionId=1", "Ref::source", "--help", "folder/",
        String(repeating: "k", count: 1024), String(repeating: "\u{1}", count: 1024),
        String(repeating: "日", count: 341),
        "😀",
    ]

    static func task(_ key: String, version: String? = nil) -> CopyTask {
        CopyTask(
            source: ObjectReference(bucket: "from", key: key, versionId: version),
            destination: ObjectReference(bucket: "to", key: "p/" + key.prefix(600)))
    }

    @Test(arguments: keys)
    func theWorkerReadsTheTaskAndTheSettingsBack(_ key: String) throws {
        let task = Self.task(key, version: "3HL4kqtJlcpXroDTDmJ")
        var settings = RunSettings()
        settings.copy.storageClass = "GLACIER_IR"
        settings.copy.tags = .replace(["a b": "ü&=", "c": ""])
        settings.copy.metadata = .none
        settings.copy.grants = ["read": "id=\"abc\""]
        settings.copy.overwrites = false
        settings.copy.state = ObjectPrefix(bucket: "state", prefix: "x/")
        let command = JobCommand(task, settings: settings, run: "job-1")
        #expect(command.arguments.prefix(2) == ["s3haul", "copy"])
        #expect(try ObjectReference(uri: command.arguments[2]) == task.source)
        #expect(try ObjectReference(uri: command.arguments[3]) == task.destination)
        settings.run = "job-1"
        #expect(try RunSettings(environment: command.environment) == settings)
    }

    @Test func whatOnlyTheDriverSetsStaysThere() {
        var settings = RunSettings()
        settings.copy.bucket = "to"
        settings.jobs.queue = "queue"
        #expect(JobCommand(Self.task("k"), settings: settings, run: "r").environment == ["S3HAUL_RUN": "r"])
    }

    @Test(arguments: keys)
    func namesAndTagsAreWhatAWSBatchTakes(_ key: String) {
        let run = "5c2a1b1e-0f4d-4a6c-9a86-7c2f6c0d0f11"
        let command = JobCommand(Self.task(key), settings: RunSettings(), run: run)
        #expect(command.name.utf8.count <= 128)
        #expect(command.name.hasPrefix("s3haul-\(run)-"))
        #expect(command.name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        for value in command.tags.values { #expect((1...256).contains(value.count)) }
        #expect(command.tags["s3haul:run"] == run)
        #expect(command.tags["s3haul:bucket"] == "from")
    }

    @Test func namesTellTasksApartAndAreTheSameForTheSameTask() {
        let settings = RunSettings()
        func name(_ key: String, _ version: String? = nil, run: String = "r") -> String {
            JobCommand(Self.task(key, version: version), settings: settings, run: run).name
        }
        #expect(name("a/b") == name("a/b"))
        #expect(Set([name("a/b"), name("a-b"), name("a/b", "1"), name("a/b", "2"), name("a/b", run: "s")]).count == 5)
        #expect(name("a/b").hasPrefix("s3haul-r-a-b-"))
    }

    @Test func tagsKeepLettersOfEveryLanguageAndTheEndOfLongKeys() {
        let key = String(repeating: "x", count: 300) + "/日本 ü,%\n.mov"
        let tags = JobCommand(Self.task(key), settings: RunSettings(), run: "r").tags
        #expect(tags["s3haul:key"]?.hasSuffix("x/日本 ü___.mov") == true)
        #expect(tags["s3haul:key"]?.count == 256)
    }
}
