import Console
import Dispatching
import S3
import Testing

@testable import Commands

@Suite struct DispatchRequestTests {
    private static let words = ["--manifest", "m.csv", "--lambda-endpoint", "http://127.0.0.1:1"]

    private func request(
        _ words: [String], _ environment: [String: String] = [:]
    ) throws(UsageError) -> DispatchRequest {
        guard case .run(let arguments) = try Program.s3haul.parse(["dispatch"] + words, environment: environment) else {
            throw UsageError("nothing to run")
        }
        return try DispatchRequest(arguments, environment: environment)
    }

    @Test func hasSensibleDefaults() throws {
        let request = try request(Self.words + ["--lambda-endpoint", "http://127.0.0.1:2"], ["HOME": "/home/me"])
        #expect(request.schema == .v1)
        #expect(request.concurrency == 2)
        #expect(request.redrives == 5)
        #expect(request.function == "function")
        #expect(request.journal == "/home/me/.local/state/s3haul/dispatch")
        #expect(try self.request(Self.words, ["XDG_STATE_HOME": "/s", "HOME": "/h"]).journal == "/s/s3haul/dispatch")
    }

    @Test func takesUserArgumentsInSchema2() throws {
        let request = try request(Self.words + ["--user-argument", "a=b=c", "--user-argument", "d="])
        #expect(request.schema == .v2)
        #expect(request.userArguments == ["a": "b=c", "d": ""])
    }

    @Test func writesReportsToDirectoriesAndPrefixes() throws {
        #expect(try request(Self.words + ["--report", "out"]).report == .directory("out"))
        let s3 = try request(Self.words + ["--report", "s3://b/p"]).report
        #expect(s3 == .s3(ObjectPrefix(bucket: "b", prefix: "p/")))
    }

    @Test(arguments: [
        ([], "--manifest FILE"),
        (["--manifest", "m"], "--lambda-endpoint URL"),
        (["--manifest", "m", "--lambda-endpoint", "127.0.0.1:1"], "is no URL"),
        (words + ["--user-argument", "novalue"], "is not KEY=VALUE"),
        (words + ["--user-argument", "a=1", "--user-argument", "a=2"], "a is given twice"),
        (words + ["--user-argument", "a=1", "--schema", "1.0"], "needs --schema 2.0"),
        (words + (0...10).flatMap { ["--user-argument", "k\($0)=v"] }, "10 of them at most"),
        (words + ["--report", "s3://"], "--report:"),
        (words + ["operand"], "what is 'operand' for?"),
    ])
    func refuses(_ words: [String], _ says: String) {
        let error = #expect(throws: UsageError.self) { try request(words) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
}
