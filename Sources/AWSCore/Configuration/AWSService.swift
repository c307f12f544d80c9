/// A service of AWS, as far as addressing and signing differ.
public struct AWSService: Sendable, Hashable {
    /// The name under which requests are signed: `s3`, `sqs`, `batch`, `sts`.
    public let signingName: String
    /// The name in endpoint variables, in upper case: `AWS_ENDPOINT_URL_S3`.
    public let environmentName: String
    /// The name in a `services` section of the config file.
    public let configName: String

    /// Amazon S3.
    public static let s3 = AWSService(signingName: "s3", environmentName: "S3", configName: "s3")
    /// Amazon SQS.
    public static let sqs = AWSService(signingName: "sqs", environmentName: "SQS", configName: "sqs")
    /// AWS Batch.
    public static let batch = AWSService(signingName: "batch", environmentName: "BATCH", configName: "batch")
    /// AWS Security Token Service.
    public static let sts = AWSService(signingName: "sts", environmentName: "STS", configName: "sts")
    /// AWS IAM Identity Center's portal, which gives credentials for an SSO session.
    public static let sso = AWSService(signingName: "awsssoportal", environmentName: "SSO", configName: "sso")
    /// AWS Lambda.
    public static let lambda = AWSService(signingName: "lambda", environmentName: "LAMBDA", configName: "lambda")

    /// Every service that s3haul talks to.
    static let all: [AWSService] = [.s3, .sqs, .batch, .sts, .sso, .lambda]
}
