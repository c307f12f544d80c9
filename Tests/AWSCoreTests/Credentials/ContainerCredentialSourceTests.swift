import HTTPTransport
import TestSupport
import Testing

@testable import AWSCore

@Suite struct ContainerCredentialSourceTests {
    static func source(
        _ variables: [String: String], relativeBase: String = "http://127.0.0.1:1",
        readFile: @escaping FileReader = files([:])
    ) throws -> ContainerCredentialSource {
        ContainerCredentialSource(
            environment: Environment(variables: variables), readFile: readFile, service: try localService(),
            relativeBase: relativeBase)
    }

    @Test func asksTheRelativeAddress() async throws {
        let server = try ScriptedServer { _ in .respond(200, body: sampleDocument) }
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/x?a=b",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/",
        ]
        let outcome = try await Self.source(variables, relativeBase: server.url).outcome()
        #expect(outcome == .success(.found(sample)))
        #expect(server.requests.map(\.target) == ["/v2/credentials/x?a=b"])
        #expect(server.requests.first?.headers["Authorization"] == nil)
    }

    @Test func readsTheTokenFileAnewEachTime() async throws {
        let server = try ScriptedServer { _ in .respond(200, body: sampleDocument) }
        let reads = Locked(0)
        let readFile: FileReader = { path in
            let number = reads.withLock { reads in
                reads += 1
                return reads
            }
            return path == "/token" ? Array("token \(number)".utf8) : nil
        }
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/full",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "other",
        ]
        let source = try Self.source(variables, readFile: readFile)
        for _ in 0..<2 { #expect(await source.outcome() == .success(.found(sample))) }
        #expect(server.requests.map { $0.headers["Authorization"] } == ["token 1", "token 2"])
    }

    @Test func sendsTheTokenOfTheEnvironment() async throws {
        let server = try ScriptedServer { _ in .respond(200, body: sampleDocument) }
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic x",
        ]
        #expect(try await Self.source(variables).outcome() == .success(.found(sample)))
        #expect(server.requests.first?.headers["Authorization"] == "Basic x")
    }

    @Test func asksAgainWhenTheServiceIsOverloaded() async throws {
        let server = try ScriptedServer { request in
            switch request.number {
            case 0: .respond(503)
            case 1: [.close]
            default: .respond(200, body: sampleDocument)
            }
        }
        let outcome = try await Self.source(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url]).outcome()
        #expect(outcome == .success(.found(sample)))
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [
        (400, "hush", "it answered with status 400", false),
        (429, "hush", "it answered with status 429", true),
        (503, "hush", "it answered with status 503", true),
        (200, "hush", "its answer is not a JSON document with credentials", false),
        (200, #"{"SecretAccessKey": "hush"}"#, "its answer has no AccessKeyId and SecretAccessKey", false),
    ])
    func failsOnOtherAnswers(status: Int, body: String, reason: String, isTransient: Bool) async throws {
        let server = try ScriptedServer { _ in .respond(status, body: body) }
        let outcome = try await Self.source(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url]).outcome()
        #expect(outcome == .failure(SourceFailure(reason, isTransient: isTransient)))
        #expect(!server.requests.isEmpty)
    }

    @Test(arguments: [
        ([:], "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set"),
        (
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@evil/"],
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not a path that starts with /"
        ),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "x"], "AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL"),
        (
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/\r\n"],
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL"
        ),
        (
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:1",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nb",
            ],
            "AWS_CONTAINER_AUTHORIZATION_TOKEN has a line break or control character in it"
        ),
        (
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:1",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t",
            ],
            "/t has a line break or control character in it"
        ),
        (
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:1",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/u",
            ],
            "there is no /u"
        ),
    ])
    func refusesToAsk(variables: [String: String], reason: String) async throws {
        #expect(try await Self.source(variables, readFile: files(["/t": "a\n"])).outcome().reason == reason)
    }

    @Test(arguments: [
        "example.com", "127.0.0.1.example.com", "127.evil.com.x", "169.254.169.254", "[fd00:ec2::24]", "10.0.0.1",
    ])
    func sendsNothingInTheClearElsewhere(host: String) async throws {
        let reason = try await Self.source(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://\(host)/"]).outcome().reason
        #expect(reason?.hasSuffix("or a loopback, ECS or EKS address; \(host) is none") == true)
    }
}
