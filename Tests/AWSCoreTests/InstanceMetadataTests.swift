import HTTPTransport
import TestSupport
import Testing

@testable import AWSCore

@Suite struct InstanceMetadataTests {
    /// A metadata service with these values by path.
    static func server(
        _ values: [String: String], tokenLifetime: String = "21600",
        refuse: @escaping @Sendable (Int) -> Int? = { _ in nil }
    ) throws -> ScriptedServer {
        try ScriptedServer { request in
            if let status = refuse(request.number) { return .respond(status) }
            if request.method == "PUT", request.target == "/latest/api/token" {
                let asked = request.headers["X-aws-ec2-metadata-token-ttl-seconds"] == "21600"
                let headers: HTTPHeaders = ["X-aws-ec2-metadata-token-ttl-seconds": tokenLifetime]
                return .respond(asked ? 200 : 400, headers, body: "token-\(request.number)")
            }
            guard request.headers["X-aws-ec2-metadata-token"]?.hasPrefix("token-") == true else { return .respond(401) }
            return values[request.target].map { .respond(200, body: $0) } ?? .respond(404, body: "no")
        }
    }

    static func client(_ server: ScriptedServer) throws -> InstanceMetadata {
        let endpoint = try Endpoint(url: server.url, origin: "test")
        return InstanceMetadata(InstanceMetadataSettings(isDisabled: false, endpoint: endpoint), try localService())
    }

    @Test func asksForOneToken() async throws {
        let server = try Self.server(["/a": "b"])
        let client = try Self.client(server)
        #expect(try await client.value(at: "/a") == "b")
        #expect(try await client.value(at: "/c") == nil)
        #expect(server.requests.map(\.target) == ["/latest/api/token", "/a", "/c"])
    }

    @Test(arguments: ["60", "0", "-1", "x", "99999999999999999999"])
    func asksAnewWhenTheTokenIsAboutToEnd(lifetime: String) async throws {
        let server = try Self.server(["/a": "b"], tokenLifetime: lifetime)
        let client = try Self.client(server)
        for _ in 0..<2 { #expect(try await client.value(at: "/a") == "b") }
        #expect(server.requests.count == 4)
    }

    @Test func asksForANewTokenWhenTheOldIsRefused() async throws {
        let server = try Self.server(["/a": "b"], refuse: { $0 == 1 ? 401 : nil })
        let client = try Self.client(server)
        #expect(try await client.value(at: "/a") == "b")
        #expect(server.requests.map(\.target) == ["/latest/api/token", "/a", "/latest/api/token", "/a"])
    }

    @Test func asksAgainWhenOverloaded() async throws {
        let server = try Self.server(["/a": "b"], refuse: { $0 == 0 || $0 == 2 ? 503 : nil })
        #expect(try await Self.client(server).value(at: "/a") == "b")
        #expect(server.requests.count == 4)
    }

    @Test func failsWhenTokensAreRefused() async throws {
        let server = try Self.server([:], refuse: { _ in 403 })
        await #expect(throws: InstanceMetadataError(.refused, "PUT /latest/api/token was answered with status 403")) {
            try await Self.client(server).value(at: "/a")
        }
        #expect(server.requests.count == 1)
    }

    @Test func asksAnUnansweringServiceOnce() async throws {
        let gate = Gate()
        let server = try ScriptedServer { _ in [.wait(gate), .close] }
        let endpoint = try Endpoint(url: server.url, origin: "test")
        let service = LocalService(
            transport: try HTTPClient(), deadlines: HTTPDeadlines(total: .milliseconds(50)), pause: { _ in })
        let client = InstanceMetadata(InstanceMetadataSettings(isDisabled: false, endpoint: endpoint), service)
        let error = await #expect(throws: InstanceMetadataError.self) { try await client.value(at: "/a") }
        #expect(error?.kind == .unreachable)
        #expect(server.requests.count == 1)
        gate.open()
    }

    @Test func saysThatNoOneIsThere() async throws {
        let endpoint = try Endpoint(url: "http://127.0.0.1:1", origin: "test")
        let settings = InstanceMetadataSettings(isDisabled: false, endpoint: endpoint)
        let client = InstanceMetadata(settings, try localService())
        let error = await #expect(throws: InstanceMetadataError.self) { try await client.value(at: "/a") }
        #expect(error?.kind == .unreachable)
        #expect(await client.spotInterruption() == nil)
    }

    @Test(arguments: [
        (["AWS_EC2_METADATA_DISABLED": "True"], true, "169.254.169.254"),
        (["AWS_EC2_METADATA_DISABLED": ""], false, "169.254.169.254"),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], false, "[fd00:ec2::254]"),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://localhost:1338/"], false, "localhost:1338"),
    ])
    func configuration(variables: [String: String], isDisabled: Bool, authority: String) async throws {
        let configuration = try AWSConfiguration.resolve(environment: variables)
        #expect(configuration.instanceMetadata.isDisabled == isDisabled)
        #expect(configuration.instanceMetadata.endpoint.authority == authority)
    }

    @Test func isNotAskedWhenDisabled() async throws {
        let configuration = try AWSConfiguration.resolve(environment: ["AWS_EC2_METADATA_DISABLED": "true"])
        let client = InstanceMetadata(configuration: configuration, transport: try HTTPClient())
        await #expect(throws: InstanceMetadataError(.disabled, "AWS_EC2_METADATA_DISABLED is true")) {
            try await client.value(at: "/a")
        }
    }

    @Test(
        arguments: [
            (nil, nil),
            (
                #"{"action": "terminate", "time": "2025-11-21T05:30:00Z"}"#,
                InstanceMetadata.SpotInterruption(action: "terminate", time: 1_763_703_000)
            ),
            (#"{"action": "stop", "time": "?"}"#, nil), ("garbage", nil),
        ] as [(String?, InstanceMetadata.SpotInterruption?)])
    func spotInterruption(document: String?, expected: InstanceMetadata.SpotInterruption?) async throws {
        let server = try Self.server(document.map { ["/latest/meta-data/spot/instance-action": $0] } ?? [:])
        #expect(try await Self.client(server).spotInterruption() == expected)
        #expect(server.requests.count == 2)
    }

    @Test(
        arguments: [
            ([:], "eu-west-1"), (["AWS_REGION": "us-east-2"], "us-east-2"),
            (["AWS_EC2_METADATA_DISABLED": "true"], nil),
        ] as [([String: String], String?)])
    func regionOfTheInstance(variables: [String: String], region: String?) async throws {
        let server = try Self.server(["/latest/meta-data/placement/region": "eu-west-1"])
        let configuration = try AWSConfiguration.resolve(
            environment: variables.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url]) { given, _ in given })
        let client = AWSClient(configuration: configuration, credentials: nil, transport: try HTTPClient())
        for _ in 1...2 {
            let probe = Probe()
            await #expect(throws: AWSError.self) { try await client.perform(probe) }
            #expect(probe.region.withLock { $0 } == region)
        }
        #expect(server.requests.count == (region == "eu-west-1" ? 2 : 0))
    }

    @Test func regionOfTheInstanceIsNotAskedForWhereTheOperationNamesOne() async throws {
        let server = try Self.server(["/latest/meta-data/placement/region": "eu-west-1"])
        let configuration = try AWSConfiguration.resolve(
            environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url])
        let client = AWSClient(configuration: configuration, credentials: nil, transport: try HTTPClient())
        await #expect(throws: AWSError.self) { try await client.perform(Probe(namesItsRegion: true)) }
        #expect(server.requests.isEmpty)
    }

    /// An operation that notes the region it is to go to, and goes nowhere.
    struct Probe: JSONOperation {
        typealias Output = NoOutput
        static let name = "Probe"
        let subject = "a queue"
        var namesItsRegion = false
        let region = Locked<String?>(nil)

        func request(_ configuration: AWSConfiguration) throws(ConfigurationError) -> AWSRequest {
            region.withLock { [region = configuration.region] in $0 = region }
            throw ConfigurationError("it goes nowhere")
        }

        func encode(to encoder: any Encoder) {}
    }

    static let path = "/latest/meta-data/iam/security-credentials/"

    @Test(
        arguments: [
            ([path: "role", path + "role": sampleDocument], .success(.found(sample))),
            ([path: "role\n", path + "role": sampleDocument], .success(.found(sample))),
            ([:], .success(.absent("the instance has no role"))),
            ([path: ""], .success(.absent("the instance has no role"))),
            (
                [path: "role", path + "role": "hush"],
                .failure(.init("its answer is not a JSON document with credentials"))
            ),
            (
                [path: "role", path + "role": #"{"Code": "AssumeRoleUnauthorizedAccess"}"#],
                .failure(.init("it has no credentials for the instance's role; look at the role's trust policy"))
            ),
        ] as [([String: String], Result<SourceAnswer, SourceFailure>)])
    func credentials(values: [String: String], expected: Result<SourceAnswer, SourceFailure>) async throws {
        let server = try Self.server(values)
        let source = InstanceCredentialSource(metadata: try Self.client(server))
        #expect(await source.outcome() == expected)
        #expect(server.requests.count >= 2)
    }

    @Test(arguments: [
        (500, SourceFailure("PUT /latest/api/token was answered with status 500", isTransient: true)),
        (429, SourceFailure("PUT /latest/api/token was answered with status 429", isTransient: true)),
        (403, SourceFailure("PUT /latest/api/token was answered with status 403")),
    ])
    func tellsFailuresThatPass(status: Int, expected: SourceFailure) async throws {
        let server = try Self.server([:], refuse: { _ in status })
        let source = InstanceCredentialSource(metadata: try Self.client(server), isOnEC2: { false })
        #expect(await source.outcome() == .failure(expected))
    }

    @Test(arguments: [true, false]) func expectsAnAnswerOnEC2Alone(_ isOnEC2: Bool) async throws {
        let endpoint = try Endpoint(url: "http://127.0.0.1:1", origin: "test")
        let settings = InstanceMetadataSettings(isDisabled: false, endpoint: endpoint)
        let source = InstanceCredentialSource(
            metadata: InstanceMetadata(settings, try localService()), isOnEC2: { isOnEC2 })
        let chain = CredentialSourceChain(sources: [source])
        let error = await #expect(throws: CredentialError.self) { try await chain.credentials() }
        #expect(error?.isTransient == isOnEC2)
        #expect(error?.description.contains("no answer from 127.0.0.1:1") == true)
    }

    @Test(arguments: [
        ([:], false), (["/sys/class/dmi/id/sys_vendor": "Amazon EC2\n"], true),
        (["/sys/class/dmi/id/sys_vendor": "QEMU\n"], false),
        (["/sys/class/dmi/id/sys_vendor": "Xen\n", "/sys/hypervisor/uuid": "ec2e1916-9099\n"], true),
        (["/sys/hypervisor/uuid": "00000000-0000\n"], false),
    ])
    func knowsAnEC2Host(_ contents: [String: String], _ isOne: Bool) {
        #expect(EC2Host.isThis(readFile: files(contents)) == isOne)
    }
}
