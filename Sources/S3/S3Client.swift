public import AWSCore
internal import HTTPTransport

/// Amazon S3, or a store that speaks its protocol: one operation a function.
///
/// Every function sends its request to the region in which the bucket is. Bodies of replies are read up to 64 MiB, but
/// for GetObject, which streams.
public struct S3Client: Sendable {
    let client: AWSClient
    let regions: BucketRegions

    /// Makes a client.
    public init(_ client: AWSClient) {
        self.client = client
        regions = BucketRegions { bucket throws(AWSError) in try await Self.discover(bucket, client) }
    }

    /// Sends an operation to its bucket's region and reads the reply.
    func perform<Operation: S3Operation>(_ operation: Operation) async throws(AWSError) -> Operation.Output {
        let (request, reply) = try await addressed(operation) { request throws(AWSError) in
            try await client.send(request, collectingUpTo: 64 << 20)
        }
        do {
            return try operation.output(of: reply)
        } catch {
            throw request.malformed(error)
        }
    }

    /// Sends an operation to its bucket's region, and once more where the reply names another.
    func addressed<Operation: S3Operation, Reply>(
        _ operation: Operation, send: (AWSRequest) async throws(AWSError) -> Reply
    ) async throws(AWSError) -> (AWSRequest, Reply) {
        let region = try await region(of: operation.bucket)
        let request = try Self.request(operation, region, client.configuration)
        do {
            return (request, try await send(request))
        } catch {
            guard let right = error.service?.rightRegion, right != region, !request.body.isStreamed else { throw error }
            regions.learn(operation.bucket, right)
            let moved = try Self.request(operation, right, client.configuration)
            return (moved, try await send(moved))
        }
    }

    /// The region that requests about a bucket are signed for and sent to.
    ///
    /// Configured endpoints are not asked: what they serve is in the configured region. A bucket whose region nobody
    /// tells gets the configured region too, so that the operation itself meets the error.
    func region(of bucket: String) async throws(AWSError) -> String {
        if let region = regions.known(bucket) { return region }
        let configured = client.configuration.discoveryRegion
        let endpoint = try? client.configuration.endpoint(of: .s3, region: configured)
        guard endpoint?.isCustom != true else { return configured }
        return try await regions.region(of: bucket) ?? configured
    }

    /// Asks S3 for a bucket's region; any reply but one that the bucket is not there says it.
    private static func discover(_ bucket: String, _ client: AWSClient) async throws(AWSError) -> String? {
        let configuration = client.configuration
        let request = try Self.request(HeadBucketRequest(bucket), configuration.discoveryRegion, configuration)
        do {
            return try await client.send(request).headers.text("x-amz-bucket-region") ?? request.region
        } catch {
            if let region = error.service?.rightRegion { return region }
            // Refused or missing: the operation that is to follow says it better than this one.
            guard let status = error.status, (400..<500).contains(status), !error.isTransient else { throw error }
            return nil
        }
    }

    private static func request<Operation: S3Operation>(
        _ operation: Operation, _ region: String, _ configuration: AWSConfiguration
    ) throws(AWSError) -> AWSRequest {
        do {
            return try operation.request(to: S3Target(region, configuration))
        } catch {
            throw AWSError(
                .configuration(error), operation: Operation.name, subject: "s3://\(operation.bucket)", attempts: 0)
        }
    }
}

extension AWSConfiguration {
    /// Where S3 is asked for the region of a bucket.
    fileprivate var discoveryRegion: String { region ?? "us-east-1" }
}

extension AWSRequest {
    /// The error of a reply that cannot be understood.
    func malformed(_ reply: MalformedReply) -> AWSError {
        AWSError(.malformedResponse(reply.reason), operation: operation, subject: subject, attempts: 1)
    }
}
