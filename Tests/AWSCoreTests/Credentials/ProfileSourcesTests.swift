import HTTPTransport
import TestSupport
import Testing

@testable import AWSCore

/// What profiles say wrong is told before anything is asked.
@Suite struct ProfileSourcesTests {
    static func reason(
        _ profile: String, config: String, environment: [String: String] = [:], files more: [String: String] = [:]
    ) async throws -> String? {
        let variables = environment.merging(["HOME": "/h", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": profile])
        {
            given, _ in given
        }
        let configuration = try AWSConfiguration.resolve(
            environment: variables, readFile: files(more.merging(["/h/.aws/config": config]) { given, _ in given }))
        do {
            _ = try await CredentialChain.default(configuration: configuration, transport: try HTTPClient())
                .credentials()
            return nil
        } catch let error as CredentialError {
            return error.tried.last
        }
    }

    @Test(arguments: [
        ("role_arn = r", "it has a role_arn, but neither source_profile nor credential_source"),
        (
            "role_arn = r\nsource_profile = b\ncredential_source = Environment",
            "it has both source_profile and credential_source"
        ),
        ("role_arn = r\nsource_profile = z", "its source_profile z does not exist"),
        ("role_arn = r\nsource_profile = a", "source_profile goes in a circle: a -> a"),
        (
            "role_arn = r\nsource_profile = b",
            "its source_profile b gives none: role of profile b: its source_profile c gives none: "
                + "role of profile c: source_profile goes in a circle: a -> b -> c -> a"
        ),
        (
            "role_arn = r\ncredential_source = Moon",
            "its credential_source is Moon; it must be Environment, EcsContainer or Ec2InstanceMetadata"
        ),
        (
            "role_arn = r\ncredential_source = Environment",
            "its credential_source Environment gives none: AWS_ACCESS_KEY_ID is not set"
        ),
        (
            "role_arn = r\ncredential_source = Ec2InstanceMetadata",
            "its credential_source Ec2InstanceMetadata gives none: AWS_EC2_METADATA_DISABLED is true"
        ),
        (
            "role_arn = r\nsource_profile = b\nmfa_serial = m",
            "it has an mfa_serial, and s3haul asks for no codes; "
                + "get credentials with \"aws configure export-credentials --profile a\""
        ),
        (
            "role_arn = r\nsource_profile = k\nduration_seconds = 1h",
            "its duration_seconds must be a number from 900 to 43200"
        ),
        (
            "role_arn = r\nsource_profile = k\nduration_seconds = 60",
            "its duration_seconds must be a number from 900 to 43200"
        ),
    ])
    func role(profile: String, expected: String) async throws {
        let config = """
            [profile b]
            role_arn = r
            source_profile = c
            [profile c]
            role_arn = r
            source_profile = a
            [profile k]
            aws_access_key_id = AKID
            aws_secret_access_key = hush
            [profile a]
            \(profile)
            """
        #expect(try await Self.reason("a", config: config) == "role of profile a: " + expected)
    }

    @Test(arguments: [
        ("sso_session = x", "there is no section [sso-session x]"),
        ("sso_session = s\nsso_account_id = 1", "it needs sso_start_url, sso_region, sso_account_id and sso_role_name"),
        (
            "sso_start_url = https://old\nsso_region = r",
            "it needs sso_start_url, sso_region, sso_account_id and sso_role_name"
        ),
        (
            "sso_session = s\nsso_account_id = 1\nsso_role_name = n",
            "its token has expired; run \"aws sso login --profile a\""
        ),
        (
            "sso_session = t\nsso_account_id = 1\nsso_role_name = n",
            "there is no token of it; run \"aws sso login --profile a\""
        ),
        (
            "sso_start_url = https://old\nsso_region = r\nsso_account_id = 1\nsso_role_name = n",
            "there is no token of it; run \"aws sso login --profile a\""
        ),
    ])
    func singleSignOn(profile: String, expected: String) async throws {
        let config = """
            [profile a]
            \(profile)
            [sso-session s]
            sso_start_url = https://new
            sso_region = eu-west-1
            [sso-session t]
            sso_start_url = https://new
            sso_region = eu-west-1
            """
        let cache = [
            // SHA-1 of "s", "t" and "https://old".
            "/h/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json":
                #"{"accessToken": "hush", "expiresAt": "2020-01-01T00:00:00Z"}"#,
            "/h/.aws/sso/cache/8efd86fb78a56a5145ed7739dcb00c78581c5375.json": "hush",
            "/h/.aws/sso/cache/3dbfcfb8178f8ce8f73712c57098fc9f2cb54d8c.json": #"{"accessToken": "hush"}"#,
        ]
        #expect(try await Self.reason("a", config: config, files: cache) == "SSO of profile a: " + expected)
    }

    @Test(arguments: [
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"], "", "there is a token file, /t, but no AWS_ROLE_ARN"),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "r"], "", "there is no /t"),
        ([:], "web_identity_token_file = /u\nrole_arn = r", "there is no /u"),
    ])
    func webIdentity(environment: [String: String], profile: String, expected: String) async throws {
        let reason = try await Self.reason("a", config: "[profile a]\n\(profile)", environment: environment)
        #expect(reason == "web identity token: " + expected)
    }

    @Test func keysWithoutTheirOtherHalf() async throws {
        #expect(
            try await Self.reason("a", config: "[profile a]\naws_access_key_id = x")
                == "keys of profile a: it has an aws_access_key_id, but no aws_secret_access_key")
        #expect(
            try await Self.reason("a", config: "[profile a]", environment: ["AWS_ACCESS_KEY_ID": "x"])
                == "environment: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
    }
}
