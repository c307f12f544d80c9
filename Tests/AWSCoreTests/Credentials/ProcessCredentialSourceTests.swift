import Testing

@testable import AWSCore

@Suite struct ProcessCredentialSourceTests {
    static func source(_ command: String?, deadline: Duration = .seconds(20)) -> ProcessCredentialSource {
        let value = command.map { ConfigFile.Value(text: $0, origin: "F:1") }
        return ProcessCredentialSource(
            profileName: "p", profile: value.map { ["credential_process": $0] } ?? [:],
            runner: CommandRunner(
                environment: Environment(variables: ["PATH": "/usr/bin:/bin", "GIVEN": "AKID"]), deadline: deadline))
    }

    static let document = #"{"Version": 1, "AccessKeyId": "AKID", "SecretAccessKey": "s", "SessionToken": "t"}"#

    @Test(arguments: [
        "echo '\(document)'",
        #"echo "{\"Version\": 1, \"AccessKeyId\": \"$GIVEN\", \"SecretAccessKey\": \"s\", \"SessionToken\": \"t\"}""#,
        // More than fits into a pipe, so that the command waits for its reader.
        "head -c 300000 /dev/zero | tr '\\0' ' '; echo '\(document)'",
        // Standard input is empty, not the terminal's or the caller's.
        "cat; echo '\(document)'",
        // It closes its output before it ends.
        "echo '\(document)'; exec 1>&-; sleep 0.02",
    ])
    func givesCredentials(command: String) async {
        let expected = AWSCredentials(accessKeyId: "AKID", secretAccessKey: "s", sessionToken: "t")
        #expect(await Self.source(command).outcome() == .success(.found(expected)))
    }

    @Test func readsTheExpiration() async {
        let command =
            #"echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"2025-11-21T05:30:00Z"}'"#
        let expected = AWSCredentials(accessKeyId: "a", secretAccessKey: "b", expiration: 1_763_703_000)
        #expect(await Self.source(command).outcome() == .success(.found(expected)))
    }

    @Test func isAbsentWithoutACommand() async {
        #expect(await Self.source(nil).outcome() == .success(.absent("it has none")))
    }

    @Test(arguments: [
        ("echo hush; exit 1", "it ended with exit code 1; what it says stands on standard error"),
        ("echo hush; kill -9 $$", "it was ended by signal 9"),
        ("/nonexistent/hush 2>/dev/null", "it ended with exit code 127; what it says stands on standard error"),
        ("echo hush", "its answer is not a JSON document with credentials"),
        ("true", "its answer is not a JSON document with credentials"),
        ("printf '\\377\\376'", "its answer is not a JSON document with credentials"),
        (#"echo '["hush"]'"#, "its answer is not a JSON document with credentials"),
        (#"echo '{"Version":1,"SecretAccessKey":["hush"]}'"#, "its answer is not a JSON document with credentials"),
        (#"echo '{"Version":2,"AccessKeyId":"a","SecretAccessKey":"hush"}'"#, "its answer does not say \"Version\": 1"),
        (#"echo '{"AccessKeyId":"a","SecretAccessKey":"hush"}'"#, "its answer does not say \"Version\": 1"),
        (
            #"echo '{"Version":1,"AccessKeyId":"","SecretAccessKey":"hush"}'"#,
            "its answer has no AccessKeyId and SecretAccessKey"
        ),
        (
            #"echo '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"hush","Expiration":"soon"}'"#,
            "the Expiration in its answer is not an ISO 8601 time"
        ),
        ("head -c 2000000 /dev/zero", "it printed more than 1048576 bytes"),
        ("yes hush", "it printed more than 1048576 bytes"),
    ])
    func fails(command: String, reason: String) async {
        #expect(await Self.source(command).outcome() == .failure(SourceFailure(reason)))
    }

    @Test(arguments: ["sleep 100", "sleep 100 & wait", "exec 1>&-; sleep 100"])
    func endsACommandThatHangs(command: String) async {
        let outcome = await Self.source(command, deadline: .milliseconds(50)).outcome()
        #expect(outcome.reason == "it took longer than 0.05 seconds")
    }

    @Test func endsACommandWhenCancelled() async {
        let task = Task { await Self.source("sleep 100").outcome() }
        task.cancel()
        #expect(await task.value.reason == "it was cancelled")
    }
}
