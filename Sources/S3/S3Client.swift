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
        regions = BucketRegions(client)
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
        let region = try await regions.region(of: operation.bucket)
        let request = try self.request(operation, region: region)
        do {
            return (request, try await send(request))
        } catch {
            guard let right = error.service?.rightRegion, right != region, !request.body.isStreamed else { throw error }
            await regions.learn(operation.bucket, right)
            let moved = try self.request(operation, region: right)
            return (moved, try await send(moved))
        }
    }

    private func request<Operation: S3Operation>(
        _ operation: Operation, region: String
    ) throws(AWSError) -> AWSRequest {
        do {
            return try operation.request(to: S3Target(region, client.configuration))
        } catch {
            throw AWSError(
                .configuration(error), operation: Operation.name, subject: "s3://\(operation.bucket)", attempts: 0)
        }
    }
}

extension AWSRequest {
    /// The error of a reply that cannot be understood.
    func malformed(_ reply: MalformedReply) -> AWSError {
        AWSError(.malformedResponse(reply.reason), operation: operation, subject: subject, attempts: 1)
    }
}
