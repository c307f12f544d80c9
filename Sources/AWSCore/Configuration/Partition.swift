/// A part of AWS that has its own regions, accounts and domain names.
struct Partition: Sendable, Equatable {
    /// The partition in ARNs: `aws`, `aws-cn` and the like.
    let name: String
    let domain: String
    /// The domain of endpoints that IPv6 reaches too; S3 has its own way.
    let dualStackDomain: String

    /// The partition of a region, by the region's prefix; an unknown one is taken for one of AWS's standard regions.
    /// (botocore's `partitions.json`)
    static func of(region: String) -> Partition {
        others.first { region.utf8.starts(with: $0.regionPrefix.utf8) }?.partition ?? standard
    }

    private static let standard = Partition(name: "aws", domain: "amazonaws.com", dualStackDomain: "api.aws")

    private static let others: [(regionPrefix: String, partition: Partition)] = [
        ("cn-", .init(name: "aws-cn", domain: "amazonaws.com.cn", dualStackDomain: "api.amazonwebservices.com.cn")),
        ("us-gov-", .init(name: "aws-us-gov", domain: "amazonaws.com", dualStackDomain: "api.aws")),
        ("us-iso-", .init(name: "aws-iso", domain: "c2s.ic.gov", dualStackDomain: "api.aws.ic.gov")),
        ("us-isob-", .init(name: "aws-iso-b", domain: "sc2s.sgov.gov", dualStackDomain: "api.aws.scloud")),
        ("eu-isoe-", .init(name: "aws-iso-e", domain: "cloud.adc-e.uk", dualStackDomain: "api.cloud-aws.adc-e.uk")),
        ("us-isof-", .init(name: "aws-iso-f", domain: "csp.hci.ic.gov", dualStackDomain: "api.aws.hci.ic.gov")),
        ("eusc-", .init(name: "aws-eusc", domain: "amazonaws.eu", dualStackDomain: "api.amazonwebservices.eu")),
    ]
}
