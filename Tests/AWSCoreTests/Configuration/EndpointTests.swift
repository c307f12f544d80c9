import Testing

@testable import AWSCore

@Suite struct EndpointTests {
    @Test(
        arguments: [
            (.s3, "us-east-1", .init(), "s3.us-east-1.amazonaws.com"),
            (.s3, "eu-west-1", .init(dualStack: true), "s3.dualstack.eu-west-1.amazonaws.com"),
            (.s3, "us-west-2", .init(fips: true), "s3-fips.us-west-2.amazonaws.com"),
            (.s3, "us-west-2", .init(fips: true, dualStack: true), "s3-fips.dualstack.us-west-2.amazonaws.com"),
            (.s3, "cn-north-1", .init(), "s3.cn-north-1.amazonaws.com.cn"),
            (.s3, "us-gov-west-1", .init(fips: true), "s3-fips.us-gov-west-1.amazonaws.com"),
            (.s3, "us-iso-east-1", .init(), "s3.us-iso-east-1.c2s.ic.gov"),
            (.s3, "us-isob-east-1", .init(), "s3.us-isob-east-1.sc2s.sgov.gov"),
            (.s3, "eu-isoe-west-1", .init(), "s3.eu-isoe-west-1.cloud.adc-e.uk"),
            (.s3, "us-isof-south-1", .init(), "s3.us-isof-south-1.csp.hci.ic.gov"),
            (.s3, "eusc-de-east-1", .init(), "s3.eusc-de-east-1.amazonaws.eu"),
            (.sqs, "eu-west-1", .init(), "sqs.eu-west-1.amazonaws.com"),
            (.sqs, "eu-west-1", .init(dualStack: true), "sqs.eu-west-1.api.aws"),
            (.sqs, "us-east-1", .init(fips: true), "sqs-fips.us-east-1.amazonaws.com"),
            (.sqs, "us-gov-east-1", .init(fips: true), "sqs.us-gov-east-1.amazonaws.com"),
            (.lambda, "us-gov-east-1", .init(fips: true), "lambda-fips.us-gov-east-1.amazonaws.com"),
            (.batch, "us-east-1", .init(fips: true), "fips.batch.us-east-1.amazonaws.com"),
            (.batch, "us-east-1", .init(fips: true, dualStack: true), "batch-fips.us-east-1.api.aws"),
            (.sts, "cn-northwest-1", .init(dualStack: true), "sts.cn-northwest-1.api.amazonwebservices.com.cn"),
            (.sts, "ap-south-2", .init(), "sts.ap-south-2.amazonaws.com"),
            (.sso, "eu-north-1", .init(), "portal.sso.eu-north-1.amazonaws.com"),
            (.sso, "us-east-1", .init(fips: true), "portal.sso-fips.us-east-1.amazonaws.com"),
        ] as [(AWSService, String, EndpointVariant, String)])
    func ofAWS(service: AWSService, region: String, variant: EndpointVariant, host: String) throws {
        let endpoint = try Endpoint(ofAWS: service, region: region, variant: variant)
        #expect(endpoint == Endpoint(scheme: "https", authority: host, isCustom: false))
    }

    @Test(arguments: ["", "EU", "eu-west-1/", "evil.example#", "eu west", "é"])
    func noRegion(_ region: String) {
        #expect(throws: ConfigurationError.self) { try Endpoint(ofAWS: .s3, region: region, variant: .init()) }
    }

    @Test(arguments: [
        ("http://localhost:9000", "http", "localhost:9000", ""),
        ("HTTPS://Storage.Example.com:443/s3//", "https", "storage.example.com", "/s3"),
        ("http://10.0.0.1:80/", "http", "10.0.0.1", ""),
        ("https://10.0.0.1:80", "https", "10.0.0.1:80", ""),
        ("http://[::1]:9000/a/b", "http", "[::1]:9000", "/a/b"),
        ("https://my_minio", "https", "my_minio", ""),
    ])
    func ofURL(url: String, scheme: String, authority: String, basePath: String) throws {
        let endpoint = try Endpoint(url: url, origin: "X")
        #expect(endpoint == Endpoint(scheme: scheme, authority: authority, basePath: basePath, isCustom: true))
    }

    @Test(arguments: [
        "", "localhost", "ftp://x", "http://", "http:///path", "http://x:0", "http://x:65536", "http://x:",
        "http://x:1a",
        "http://[::1", "http://[]", "http://[::1]9", "http://x y", "http://x/?a", "http://x#b", "http://é",
        "http://a\r\nb",
        "http://u:p@x", "http://x:+80",
    ])
    func noURL(_ url: String) {
        #expect(throws: ConfigurationError.self) { try Endpoint(url: url, origin: "X") }
    }
}
