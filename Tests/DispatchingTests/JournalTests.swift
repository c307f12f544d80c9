import FoundationEssentials
import Manifests
import Testing

@testable import Dispatching

@Suite struct JournalTests {
    private let directory = DispatcherTests.Directory()

    private func entry(_ index: Int64, _ code: TaskResult.Code = .succeeded, key: String = "k") -> JournalEntry {
        JournalEntry(
            DispatchTask(index: index, bucket: "photos", key: key, versionId: index == 1 ? "v1" : nil),
            TaskResult(code, "said \"so\",\tthen"))
    }

    private func journal(_ manifest: String = "m") throws -> Journal {
        try Journal(directory: directory.path, job: "j", manifest: manifest)
    }

    @Test func keepsWhatIsFinished() throws {
        do {
            let journal = try journal()
            for entry in [entry(0), entry(2, .permanentFailure), entry(2), entry(5)] { try journal.append(entry) }
            try journal.sync()
        }
        let journal = try journal()
        #expect((journal.succeeded, journal.failed) == (2, 1))
        #expect((0...6).filter { journal.finished.contains($0) } == [0, 2, 5])
        #expect(journal.finished.mark == 1)
        var rows: [JournalEntry] = []
        try journal.forEach { rows.append($0) }
        #expect(rows == [entry(0), entry(2, .permanentFailure), entry(5)])
    }

    @Test(arguments: ["7", "7\t", "7\tok", "7\tok\tphotos,k", "x\tok\trow", ""])
    func forgetsALineThatWasCutOff(_ torn: String) throws {
        var path = ""
        do {
            let journal = try journal()
            try journal.append(entry(0))
            try journal.sync()
            path = journal.path
        }
        try Data(try Data(contentsOf: URL(filePath: path)) + Data(torn.utf8)).write(to: URL(filePath: path))
        do {
            let journal = try journal()
            #expect(!journal.finished.contains(7))
            try journal.append(entry(1))
            try journal.sync()
        }
        #expect(try journal().finished.mark == 2)
    }

    @Test func belongsToOneProcessAndOneManifest() throws {
        do {
            let open = try journal()
            let error = #expect(throws: JournalError.self) { try journal() }
            #expect(error?.description.contains("in use") == true)
            withExtendedLifetime(open) {}
        }
        let error = #expect(throws: JournalError.self) { try journal("another") }
        #expect(error?.description.contains("another manifest") == true)
    }

    @Test func writesTheReportAsS3Does() throws {
        let journal = try journal()
        try journal.append(entry(0, key: "a,b c+d"))
        try journal.append(entry(1, .permanentFailure))
        try journal.sync()
        let report = CompletionReport(job: "j", scope: .all)
        let files = try report.write(journal, below: directory.path)
        #expect(files.map(\.name) == ["job-j/results/succeeded-1.csv", "job-j/results/failed-1.csv"])
        let text = try files.map { String(decoding: try Data(contentsOf: URL(filePath: $0.path)), as: UTF8.self) }
        #expect(
            text == [
                "photos,a%2Cb%20c%2Bd,,succeeded,200,,\"said \"\"so\"\", then\"\n",
                "photos,k,v1,failed,200,PermanentFailure,\"said \"\"so\"\", then\"\n",
            ])
        let manifest = try report.manifest(
            of: files, bucket: "reports", prefix: "p/", date: Date(timeIntervalSince1970: 1_554_486_519.75))
        #expect(
            String(decoding: manifest, as: UTF8.self) == """
                {
                  "Format" : "Report_CSV_20180820",
                  "ReportCreationDate" : "2019-04-05T17:48:39.750Z",
                  "ReportSchema" : "Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage",
                  "Results" : [
                    {
                      "Bucket" : "reports",
                      "Key" : "p/job-j/results/succeeded-1.csv",
                      "MD5Checksum" : "\(files[0].md5)",
                      "TaskExecutionStatus" : "succeeded"
                    },
                    {
                      "Bucket" : "reports",
                      "Key" : "p/job-j/results/failed-1.csv",
                      "MD5Checksum" : "\(files[1].md5)",
                      "TaskExecutionStatus" : "failed"
                    }
                  ]
                }
                """)
        // md5sum of the lines above.
        #expect(files.map(\.md5) == ["508b246f7b6772b3990f9b59fa2c6409", "f9cce6a768f1e0d9fc62547cbf272c79"])
        #expect(try CompletionReport(job: "j", scope: .failed).write(journal, below: directory.path).count == 1)
    }

    @Test(
        arguments: [
            ([0, 1, 2], 3, 0), ([2, 1, 0], 3, 0), ([1, 2], 0, 2), ([], 0, 0), ([0, 0, 3], 1, 1),
        ] as [([Int64], Int64, Int)])
    func remembersAMarkAndWhatIsBeyond(_ order: [Int64], _ mark: Int64, _ apart: Int) {
        var finished = FinishedTasks()
        for index in order { finished.insert(index) }
        #expect(finished.mark == mark)
        #expect(finished.heldApart == apart)
    }

    @Test func backsOffLongerAndLongerUpToALimit() {
        #expect(Redrives.wait(after: 1, chance: 0) == .seconds(0.5))
        #expect(Redrives.wait(after: 1, chance: 1) == .seconds(1))
        #expect(Redrives.wait(after: 3, chance: 1) == .seconds(4))
        #expect(Redrives.wait(after: 1_000, chance: 1) == .seconds(30))
    }
}
