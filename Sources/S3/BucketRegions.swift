internal import AWSCore
internal import HTTPTransport

/// In which region each bucket is: asked once a bucket, whoever waits for it.
///
/// It keeps one short entry a bucket; runs have few buckets.
actor BucketRegions {
    private let client: AWSClient
    private var known: [String: String] = [:]
    private var underway: [String: Task<Result<String?, AWSError>, Never>] = [:]

    init(_ client: AWSClient) { self.client = client }

    /// Remembers what a reply said.
    func learn(_ bucket: String, _ region: String) { known[bucket] = region }

    /// The region that requests about a bucket are signed for and sent to.
    ///
    /// Configured endpoints are not asked: what they serve is in the configured region. A bucket whose region nobody
    /// tells gets the configured region too, so that the operation itself meets the error.
    func region(of bucket: String) async throws(AWSError) -> String {
        let configured = client.configuration.region ?? "us-east-1"
        if let region = known[bucket] { return region }
        let request = try Self.request(bucket, region: configured, client.configuration)
        guard !request.endpoint.isCustom else { return configured }
        return try await discover(bucket, request) ?? configured
    }

    /// Asks in a task of its own, which goes on when the one who waits is cancelled, for the others that wait.
    private func discover(_ bucket: String, _ request: AWSRequest) async throws(AWSError) -> String? {
        let task =
            underway[bucket]
            ?? Task { [client] in
                do throws(AWSError) {
                    return .success(try await Self.ask(request, client))
                } catch {
                    return .failure(error)
                }
            }
        underway[bucket] = task
        let result = await task.value
        underway[bucket] = nil
        let region = try result.get()
        if let region { known[bucket] = region }
        return region
    }

    private static func ask(_ request: AWSRequest, _ client: AWSClient) async throws(AWSError) -> String? {
        do {
            return try await client.send(request).headers.text("x-amz-bucket-region") ?? request.region
        } catch {
            if let region = error.service?.rightRegion { return region }
            // Refused or missing: the operation that is to follow says it better than this one.
            guard let status = error.status, (400..<500).contains(status), !error.isTransient else { throw error }
            return nil
        }
    }

    private static func request(
        _ bucket: String, region: String, _ configuration: AWSConfiguration
    ) throws(AWSError) -> AWSRequest {
        do {
            return try HeadBucketRequest(bucket).request(to: S3Target(region, configuration))
        } catch {
            throw AWSError(
                .configuration(error), operation: HeadBucketRequest.name, subject: "s3://\(bucket)", attempts: 0)
        }
    }
}

extension ServiceError {
    /// The region to which the request should have gone, where the reply says it.
    var rightRegion: String? { headers.text("x-amz-bucket-region") }
}
