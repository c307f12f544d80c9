import AWSCore
import Console
import HTTPTransport
import S3

/// What a command talks to AWS through.
struct Session: Sendable {
    let configuration: AWSConfiguration
    let transport: HTTPClient
    let aws: AWSClient
    let s3: S3Client

    /// Reads the AWS settings and starts the transport.
    ///
    /// - Parameters:
    ///   - environment: Says whether requests are logged.
    ///   - connectionsPerHost: How many connections to a host are kept.
    /// - Throws: What is wrong with the settings, or why the transport does not start.
    init(_ environment: [String: String] = [:], connectionsPerHost: Int = 128) throws {
        configuration = try AWSConfiguration.fromEnvironment()
        transport = try HTTPClient(
            .init(
                connectionsPerHost: connectionsPerHost, certificateAuthorities: configuration.certificateAuthorities,
                userAgent: "s3haul/\(Program.version)"))
        let credentials = CredentialChain.default(configuration: configuration, transport: transport)
        aws = AWSClient(
            configuration: configuration, credentials: credentials, transport: transport, log: environment.requestLog)
        s3 = S3Client(aws)
    }

    /// The metadata service to ask for a spot instance's end; `nil` where there is none.
    ///
    /// AWS Batch and ECS say that they run it, and EC2 its instances' firmware; asking from anywhere else would only
    /// wait.
    func metadataOnSpot(_ environment: [String: String]) -> InstanceMetadata? {
        let isContainer = ["AWS_BATCH_JOB_ID", "ECS_CONTAINER_METADATA_URI_V4"].contains { environment[$0] != nil }
        guard isContainer || EC2Host.isThis() else { return nil }
        return InstanceMetadata(configuration: configuration, transport: transport)
    }
}
