/// Which of AWS's own endpoints of a service is used.
struct EndpointVariant: Sendable, Equatable {
    /// Validated cryptography, as United States federal rules ask for.
    var fips = false
    /// Reached by IPv6 as well as IPv4.
    var dualStack = false
}

extension Endpoint {
    /// AWS's own endpoint of a service in a region.
    ///
    /// The names are those of botocore's endpoint rule sets of each service.
    ///
    /// - Throws: `ConfigurationError` for a region that cannot be part of a host's name.
    init(ofAWS service: AWSService, region: String, variant: EndpointVariant) throws(ConfigurationError) {
        guard !region.isEmpty, region.utf8.allSatisfy(\.isHostLabelByte) else {
            throw ConfigurationError("\"\(region)\" is not an AWS region; write one such as eu-central-1")
        }
        let partition = Partition.of(region: region)
        let host =
            service == .s3
            ? Self.s3Host(region: region, partition: partition, variant: variant)
            : Self.host(of: service, region: region, partition: partition, variant: variant)
        self.init(scheme: "https", authority: host, isCustom: false)
    }

    /// S3 has its word for dual stack before the region, and keeps the partition's domain.
    private static func s3Host(region: String, partition: Partition, variant: EndpointVariant) -> String {
        "s3" + (variant.fips ? "-fips" : "") + (variant.dualStack ? ".dualstack" : "")
            + ".\(region).\(partition.domain)"
    }

    private static func host(
        of service: AWSService, region: String, partition: Partition, variant: EndpointVariant
    ) -> String {
        let domain = variant.dualStack ? partition.dualStackDomain : partition.domain
        let plain = service.hostPrefix
        guard variant.fips else { return "\(plain).\(region).\(domain)" }
        switch (partition.name, variant.dualStack, service) {
        case ("aws-us-gov", false, let service) where service != .lambda: return "\(plain).\(region).\(domain)"
        case ("aws", false, .batch): return "fips.\(plain).\(region).\(domain)"
        default: return "\(plain)-fips.\(region).\(domain)"
        }
    }
}

extension AWSService {
    /// What a service's host starts with.
    fileprivate var hostPrefix: String { self == .sso ? "portal.sso" : signingName }
}

extension UInt8 {
    /// Whether it may stand in a part of a host's name: a small letter, a digit, a hyphen.
    var isHostLabelByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
