import HTTPTransport
import TestSupport
import Testing

@testable import AWSCore

/// Roles and SSO, against a server that plays STS, the SSO portal and a container's endpoint.
@Suite struct RoleCredentialTests {
    /// Credentials with an id that says how often STS was asked, and for what.
    static func reply(_ operation: String, number: Int) -> String {
        """
        <\(operation)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(operation)Result>
          <AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>arn:x</Arn></AssumedRoleUser>
          <Credentials><AccessKeyId>\(operation)\(number)</AccessKeyId><SecretAccessKey>a&amp;b</SecretAccessKey>
            <SessionToken>token\(number)</SessionToken><Expiration>2125-11-21T05:30:00Z</Expiration></Credentials>
        </\(operation)Result></\(operation)Response>
        """
    }

    static func sts() throws -> ScriptedServer {
        try ScriptedServer { request in
            guard request.target == "/" else { return .respond(200, body: sampleDocument) }
            let form = String(decoding: request.body, as: UTF8.self)
            let operation = form.contains("WebIdentityToken=") ? "AssumeRoleWithWebIdentity" : "AssumeRole"
            return .respond(200, body: reply(operation, number: request.number))
        }
    }

    static func chain(
        _ server: ScriptedServer, _ environment: [String: String], config: String = "",
        files more: [String: String] = [:]
    ) throws -> RefreshingCredentialProvider {
        let variables = environment.merging([
            "HOME": "/h", "AWS_ENDPOINT_URL": server.url, "AWS_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
        ]) { given, _ in given }
        let configuration = try AWSConfiguration.resolve(
            environment: variables, readFile: files(more.merging(["/h/.aws/config": config]) { given, _ in given }))
        return CredentialChain.default(configuration: configuration, transport: try HTTPClient())
    }

    static let config = """
        [profile keys]
        aws_access_key_id = AKID
        aws_secret_access_key = hush
        [profile one]
        role_arn = arn:aws:iam::1:role/one
        role_session_name = me
        external_id = x/y z
        duration_seconds = 3600
        source_profile = keys
        [profile two]
        role_arn = arn:aws:iam::2:role/two
        role_session_name = me
        source_profile = one
        [profile self]
        role_arn = arn:aws:iam::3:role/self
        role_session_name = me
        source_profile = self
        aws_access_key_id = SELF
        aws_secret_access_key = hush
        [profile container]
        role_arn = arn:aws:iam::4:role/container
        role_session_name = me
        credential_source = EcsContainer
        [profile web]
        role_arn = arn:aws:iam::5:role/web
        role_session_name = me
        web_identity_token_file = /token
        [profile sso]
        sso_session = corp
        sso_account_id = 123
        sso_role_name = a b
        [sso-session corp]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = eu-north-1
        """

    @Test func assumesARoleWithKeys() async throws {
        let server = try Self.sts()
        let found = try await Self.chain(server, ["AWS_PROFILE": "one"], config: Self.config).credentials()
        let expected = AWSCredentials(
            accessKeyId: "AssumeRole0", secretAccessKey: "a&b", sessionToken: "token0", expiration: 4_919_376_600)
        #expect(found == expected)
        let request = try #require(server.requests.first)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fone&RoleSessionName=me"
                + "&DurationSeconds=3600&ExternalId=x%2Fy%20z")
        let authorization = try #require(request.headers["Authorization"])
        #expect(authorization.contains("Credential=AKID/") && authorization.contains("/eu-west-1/sts/aws4_request"))
    }

    @Test func assumesARoleWithARole() async throws {
        let server = try Self.sts()
        let found = try await Self.chain(server, ["AWS_PROFILE": "two"], config: Self.config).credentials()
        #expect(found.accessKeyId == "AssumeRole1")
        let second = try #require(server.requests.last)
        #expect(second.headers["Authorization"]?.contains("Credential=AssumeRole0/") == true)
        #expect(second.headers["x-amz-security-token"] == "token0")
    }

    @Test func assumesARoleWithItsOwnKeys() async throws {
        let server = try Self.sts()
        let found = try await Self.chain(server, ["AWS_PROFILE": "self"], config: Self.config).credentials()
        #expect(found.accessKeyId == "AssumeRole0")
        #expect(server.requests.first?.headers["Authorization"]?.contains("Credential=SELF/") == true)
    }

    @Test func assumesARoleWithTheContainersCredentials() async throws {
        let server = try Self.sts()
        let environment = [
            "AWS_PROFILE": "container", "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/container",
        ]
        let found = try await Self.chain(server, environment, config: Self.config).credentials()
        #expect(found.accessKeyId == "AssumeRole1")
        #expect(server.requests.last?.headers["Authorization"]?.contains("Credential=ASIAEXAMPLE/") == true)
    }

    @Test(arguments: [
        ["AWS_PROFILE": "web"],
        [
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn:aws:iam::5:role/web",
            "AWS_ROLE_SESSION_NAME": "me",
        ],
    ])
    func assumesARoleWithAWebIdentity(environment: [String: String]) async throws {
        let server = try Self.sts()
        let found = try await Self.chain(server, environment, config: Self.config, files: ["/token": "a.b+c"])
            .credentials()
        #expect(found.accessKeyId == "AssumeRoleWithWebIdentity0")
        let request = try #require(server.requests.first)
        #expect(request.headers["Authorization"] == nil)
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A5%3Arole%2Fweb"
                + "&RoleSessionName=me&WebIdentityToken=a.b%2Bc")
    }

    @Test(arguments: [
        (
            403,
            """
            <ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error>
            <RequestId>r-1</RequestId></ErrorResponse>
            """,
            "AssumeRole arn:aws:iam::3:role/self: AccessDenied: not authorized (HTTP 403, request id r-1)"
        ),
        (
            403,
            """
            <ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>The signature is wrong.

            The Canonical String for this request should have been
            'x-amz-security-token:hush'</Message></Error></ErrorResponse>
            """,
            "AssumeRole arn:aws:iam::3:role/self: SignatureDoesNotMatch: The signature is wrong. (HTTP 403)"
        ),
        (200, "<a><SecretAccessKey>hush</SecretAccessKey></a>", "AssumeRole: the reply of STS has no credentials"),
        (200, "hush", "AssumeRole: the reply of STS has no credentials"),
    ])
    func saysWhySTSGaveNone(status: Int, body: String, reason: String) async throws {
        let server = try ScriptedServer { _ in .respond(status, body: body) }
        let chain = try Self.chain(server, ["AWS_PROFILE": "self"], config: Self.config)
        let error = try await #require(throws: CredentialError.self) { try await chain.credentials() }
        #expect(error.tried.last == "role of profile self: " + reason)
        #expect(server.requests.count == 1)
    }

    /// Named by the SHA-1 of `corp`.
    static let cache = [
        "/h/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json":
            #"{"accessToken": "hush", "expiresAt": "2125-01-01T00:00:00Z", "region": "x"}"#
    ]

    @Test func takesARoleFromSSO() async throws {
        let server = try ScriptedServer { _ in
            let keys =
                #""accessKeyId": "SSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4919376600123"#
            return .respond(200, body: "{\"roleCredentials\": {\(keys)}}")
        }
        let chain = try Self.chain(server, ["AWS_PROFILE": "sso"], config: Self.config, files: Self.cache)
        let expected = AWSCredentials(
            accessKeyId: "SSO", secretAccessKey: "s", sessionToken: "t", expiration: 4_919_376_600)
        #expect(try await chain.credentials() == expected)
        let request = try #require(server.requests.first)
        #expect(request.headers["x-amz-sso_bearer_token"] == "hush")
        #expect(request.headers["Authorization"] == nil)
        #expect(
            ["account_id=123&role_name=a%20b", "role_name=a%20b&account_id=123"]
                .map { "/federation/credentials?" + $0 }.contains(request.target))
    }

    @Test(arguments: [
        (401, "{}", "its token is not accepted any more; run \"aws sso login --profile sso\""),
        (
            403, #"{"message": "No access"}"#,
            "GetRoleCredentials role a b of account 123: ForbiddenException: No access (HTTP 403)"
        ),
        (200, #"{"roleCredentials": {"secretAccessKey": "hush"}}"#, "GetRoleCredentials: the reply has no credentials"),
    ])
    func saysWhySSOGaveNone(status: Int, body: String, reason: String) async throws {
        let server = try ScriptedServer { _ in
            .respond(status, status == 403 ? ["x-amzn-ErrorType": "ForbiddenException"] : [:], body: body)
        }
        let chain = try Self.chain(server, ["AWS_PROFILE": "sso"], config: Self.config, files: Self.cache)
        let error = try await #require(throws: CredentialError.self) { try await chain.credentials() }
        #expect(error.tried.last == "SSO of profile sso: " + reason)
        #expect(server.requests.count == 1)
    }
}
