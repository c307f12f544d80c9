import Testing

@testable import AWSCore

@Suite struct AWSConfigurationTests {
    /// Resolves with a config file at `/h/.aws/config`.
    static func resolve(
        _ environment: [String: String] = [:], config: String = "", credentials: String? = nil
    ) throws(ConfigurationError) -> AWSConfiguration {
        let files = ["/h/.aws/config": config, "/h/.aws/credentials": credentials]
        return try AWSConfiguration.resolve(
            environment: environment.merging(["HOME": "/h"]) { given, _ in given },
            readFile: { path in files[path]?.map { Array($0.utf8) } })
    }

    static let config = """
        [default]
        region = eu-west-3
        [profile dev]
        region = eu-west-1
        ca_bundle = ~/ca.pem
        max_attempts = 7
        s3 =
          addressing_style = virtual
        [profile local]
        services = local
        endpoint_url = http://profile:1
        [services local]
        s3 =
          endpoint_url = http://section:2
        """

    @Test(
        arguments: [
            (["AWS_REGION": "r1", "AWS_DEFAULT_REGION": "r2"], "r1"),
            (["AWS_REGION": "", "AWS_DEFAULT_REGION": "r2"], "r2"),
            (["AWS_PROFILE": "dev"], "eu-west-1"),
            (["AWS_PROFILE": ""], "eu-west-3"),
            (["AWS_PROFILE": "local"], nil),
            (["HOME": ""], nil),
        ] as [([String: String], String?)])
    func region(environment: [String: String], expected: String?) throws {
        #expect(try Self.resolve(environment, config: Self.config).region == expected)
    }

    @Test func profileValues() throws {
        let dev = try Self.resolve(["AWS_PROFILE": "dev"], config: Self.config)
        #expect(dev.certificateAuthorities == "/h/ca.pem")
        #expect(dev.maxAttempts == 7)
        #expect(dev.addressingStyle == .virtual)
        let variables = ["AWS_PROFILE": "dev", "AWS_CA_BUNDLE": "/x.pem", "AWS_MAX_ATTEMPTS": "2"]
        let overridden = try Self.resolve(variables, config: Self.config)
        #expect(overridden.certificateAuthorities == "/x.pem")
        #expect(overridden.maxAttempts == 2)
        #expect(try Self.resolve().maxAttempts == 5)
    }

    @Test func filesElsewhere() throws {
        let files = ["/c": "[profile p]\nregion = r1", "/h/k": "[p]\nregion = r2"]
        let environment = [
            "HOME": "/h", "AWS_CONFIG_FILE": "/c", "AWS_SHARED_CREDENTIALS_FILE": "~/k", "AWS_PROFILE": "p",
        ]
        let configuration = try AWSConfiguration.resolve(
            environment: environment, readFile: { path in files[path].map { Array($0.utf8) } })
        #expect(configuration.region == "r2")
    }

    @Test(arguments: [
        (["AWS_MAX_ATTEMPTS": "0"], "AWS_MAX_ATTEMPTS is \"0\"; it must be a number from 1 to 100"),
        (["AWS_PROFILE": "a"], "max_attempts in /h/.aws/config:2 is \"many\"; it must be a number from 1 to 100"),
        (["AWS_USE_FIPS_ENDPOINT": "yes"], "AWS_USE_FIPS_ENDPOINT is \"yes\"; it must be true or false"),
        (
            ["AWS_PROFILE": "b"],
            "s3.addressing_style in /h/.aws/config:5 is \"host\"; it must be auto, virtual or path"
        ),
        (
            ["AWS_PROFILE": "c"],
            "services in /h/.aws/config:7 is \"none\", but there is no section [services none]"
        ),
        (
            ["AWS_PROFILE": "d"],
            "AWS_PROFILE names the profile \"d\", which neither /h/.aws/config nor /h/.aws/credentials has; "
                + "there are: a, b, c"
        ),
        (
            ["AWS_ENDPOINT_URL": "localhost:9000"],
            "AWS_ENDPOINT_URL is \"localhost:9000\", which is no URL of a service; "
                + "write one such as https://s3.example.com:9000"
        ),
        (
            ["AWS_ENDPOINT_URL_SQS": "http://me:hush@host"],
            "AWS_ENDPOINT_URL_SQS has an @ in its URL; leave out user name and password"
        ),
    ])
    func wrongValues(environment: [String: String], message: String) {
        let config = """
            [profile a]
            max_attempts = many
            [profile b]
            s3 =
              addressing_style = host
            [profile c]
            services = none
            """
        #expect(throws: ConfigurationError(message)) { try Self.resolve(environment, config: config) }
    }

    @Test(arguments: [
        (["AWS_ENDPOINT_URL_S3": "http://own:1", "AWS_ENDPOINT_URL": "http://all:2"], "http://own:1", "http://all:2"),
        (["AWS_ENDPOINT_URL": "http://all:2"], "http://all:2", "http://all:2"),
        ([:], "http://section:2", "http://profile:1"),
        (
            ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL": "http://all:2"],
            "https://s3.eu-west-1.amazonaws.com", "https://sqs.eu-west-1.amazonaws.com"
        ),
    ])
    func endpointOrder(variables: [String: String], s3: String, sqs: String) throws {
        let environment = variables.merging(["AWS_PROFILE": "local"]) { given, _ in given }
        let configuration = try Self.resolve(environment, config: Self.config)
        for (service, expected) in [(AWSService.s3, s3), (.sqs, sqs)] {
            let endpoint = try configuration.endpoint(of: service, region: "eu-west-1")
            #expect("\(endpoint.scheme)://\(endpoint.authority)" == expected)
            #expect(endpoint.isCustom == !expected.hasSuffix("amazonaws.com"))
        }
    }
}
