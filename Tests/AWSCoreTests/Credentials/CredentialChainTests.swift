import HTTPTransport
import Testing

@testable import AWSCore

@Suite struct CredentialChainTests {
    static func chain(
        _ environment: [String: String], config: String = "", credentials: String = ""
    ) throws -> RefreshingCredentialProvider {
        let variables = environment.merging(["HOME": "/h", "AWS_EC2_METADATA_DISABLED": "true"]) { given, _ in given }
        let configuration = try AWSConfiguration.resolve(
            environment: variables,
            readFile: files(["/h/.aws/config": config, "/h/.aws/credentials": credentials]))
        return CredentialChain.default(configuration: configuration, transport: try HTTPClient())
    }

    static let config = """
        [default]
        aws_access_key_id = CONFIG
        aws_secret_access_key = s
        [profile process]
        credential_process = echo '{"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "s"}'
        """
    static let credentials = """
        [default]
        aws_access_key_id = FILE
        aws_secret_access_key = s
        aws_session_token = t
        """

    @Test(
        arguments: [
            (["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"], "ENV", "t"),
            (["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": ""], "ENV", nil),
            (["AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_PROFILE": "process"], "ENV", nil),
            (["AWS_ACCESS_KEY_ID": ""], "FILE", "t"),
            (["AWS_PROFILE": "process"], "PROCESS", nil),
        ] as [([String: String], String, String?)])
    func order(environment: [String: String], id: String, token: String?) async throws {
        let found = try await Self.chain(environment, config: Self.config, credentials: Self.credentials).credentials()
        #expect(found.accessKeyId == id)
        #expect(found.sessionToken == token)
    }

    @Test func readsNothingWhenTheEnvironmentHasKeys() async throws {
        let reads = Locked(0)
        let environment = [
            "HOME": "/h", "AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "r",
        ]
        let configuration = try AWSConfiguration.resolve(
            environment: environment,
            readFile: { _ in
                reads.withLock { $0 += 1 }
                return nil
            })
        let readsOfConfiguration = reads.withLock { $0 }
        let chain = CredentialChain.default(configuration: configuration, transport: try HTTPClient())
        #expect(try await chain.credentials().accessKeyId == "ENV")
        #expect(reads.withLock { $0 } == readsOfConfiguration)
    }

    @Test func saysAllThatWasTried() async throws {
        let error = try await #require(throws: CredentialError.self) { try await Self.chain([:]).credentials() }
        #expect(
            error.description == """
                no AWS credentials found, as AWS_PROFILE or AWS_ACCESS_KEY_ID give them; tried environment: AWS_ACCESS_KEY_ID is not set; \
                role of profile default: it has no role_arn; \
                web identity token: neither AWS_WEB_IDENTITY_TOKEN_FILE nor web_identity_token_file is set; \
                SSO of profile default: it has neither sso_session nor sso_start_url; \
                keys of profile default: it has no aws_access_key_id; \
                credential_process of profile default: it has none; \
                container endpoint: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor \
                AWS_CONTAINER_CREDENTIALS_FULL_URI is set; \
                EC2 instance metadata: AWS_EC2_METADATA_DISABLED is true
                """)
    }

    @Test func showsNoSecret() async throws {
        let secrets =
            "aws_access_key_id = AKID\naws_secret_access_key = hush\naws_session_token = hush\ns3 =\n a = hush"
        let environment = ["HOME": "/h", "AWS_SECRET_ACCESS_KEY": "hush", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "hush"]
        let configuration = try AWSConfiguration.resolve(
            environment: environment, readFile: files(["/h/.aws/config": "[default]\n" + secrets]))
        let chain = CredentialChain.default(configuration: configuration, transport: try HTTPClient())
        let found = try await chain.credentials()
        #expect(found.secretAccessKey == "hush")
        for value in [found, configuration, chain, StaticCredentialProvider(found)] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            for text in [dumped, "\(value)", String(reflecting: value)] { #expect(!text.contains("hush")) }
        }
    }
}
