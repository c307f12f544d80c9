internal import AWSCore
internal import HTTPTransport

/// Where requests of one region go, and the one place where they are put together.
struct S3Target: Sendable {
    /// The region that they are signed for.
    var region: String
    /// S3's endpoint there, without a bucket.
    var endpoint: Endpoint
    /// How the bucket is named.
    var style = S3AddressingStyle.auto

    /// A request about a bucket, or about an object in it.
    ///
    /// - Parameters:
    ///   - operation: The operation as AWS names it.
    ///   - method: The method.
    ///   - place: The bucket, and the object where there is one.
    ///   - query: The query; the version id of `place` is added.
    ///   - requesterPays: Whether the caller pays, for a requester-pays bucket.
    ///   - headers: Header fields of this request.
    ///   - body: The body; in memory it is signed, streamed it is not.
    /// - Returns: The request.
    /// - Throws: `ConfigurationError` for what cannot be a bucket's name.
    func request(
        _ operation: String, _ method: String, _ place: S3Place, query: [(name: String, value: String)] = [],
        requesterPays: Bool = false, headers: HTTPHeaders = [:], body: HTTPBody = .empty
    ) throws(ConfigurationError) -> AWSRequest {
        let address = try endpoint.s3Address(bucket: place.bucket, key: place.key, style: style)
        var query = query
        if let versionId = place.versionId { query.append((name: "versionId", value: versionId)) }
        var headers = headers
        if requesterPays { headers.add("x-amz-request-payer", "requester") }
        return AWSRequest(
            operation: operation, service: .s3, region: region, endpoint: address.endpoint, method: method,
            path: address.path, query: query, headers: headers, body: body,
            payload: body.isStreamed ? .unsigned : .signed,
            subject: place.description, mayFailInside200: true)
    }
}

extension S3Target {
    /// Where the configuration sends requests of a region.
    init(_ region: String, _ configuration: AWSConfiguration) throws(ConfigurationError) {
        self.init(
            region: region, endpoint: try configuration.endpoint(of: .s3, region: region),
            style: configuration.addressingStyle)
    }
}

/// A bucket, or an object in it.
struct S3Place: Sendable, CustomStringConvertible {
    var bucket: String
    var key: String?
    var versionId: String?

    init(bucket: String) { self.bucket = bucket }

    init(_ object: ObjectReference) {
        bucket = object.bucket
        key = object.key
        versionId = object.versionId
    }

    var description: String {
        guard let key else { return "s3://\(bucket)" }
        return ObjectReference(bucket: bucket, key: key, versionId: versionId).description
    }
}

extension HTTPBody {
    var isStreamed: Bool {
        if case .stream = self { true } else { false }
    }
}

extension S3Place {
    /// The object, whichever its version: where something is stored.
    var withoutVersion: S3Place {
        var place = self
        place.versionId = nil
        return place
    }
}
