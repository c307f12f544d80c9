public import AWSCore
internal import HTTPTransport

/// What RestoreObject is asked.
public struct RestoreObjectRequest: Sendable {
    /// How soon, and at what price, an object is to be readable (API reference, GlacierJobParameters).
    public enum Tier: String, Sendable, CaseIterable {
        /// Within minutes; not out of `DEEP_ARCHIVE`.
        case expedited = "Expedited"
        /// Within 3 to 5 hours, out of `DEEP_ARCHIVE` 12.
        case standard = "Standard"
        /// Within 5 to 12 hours, out of `DEEP_ARCHIVE` 48.
        case bulk = "Bulk"
    }

    /// The object, or one version of it.
    public var object: ObjectReference
    /// For how many days the copy that can be read is kept; `nil` for Intelligent-Tiering, which takes none.
    public var days: Int?
    /// How soon.
    public var tier: Tier
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks for an object to be made readable.
    public init(_ object: ObjectReference, days: Int?, tier: Tier) {
        self.object = object
        self.days = days
        self.tier = tier
    }
}

extension S3Client {
    /// RestoreObject: asks for an object of an archive's storage class to be made readable.
    ///
    /// - Throws: `AWSError`; of code `RestoreAlreadyInProgress` where it was asked for before.
    public func restoreObject(_ request: RestoreObjectRequest) async throws(AWSError) {
        try await perform(request)
    }
}

extension RestoreObjectRequest: S3Operation {
    static let name = "RestoreObject"
    var bucket: String { object.bucket }

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        let days = try XMLText.element("Days", days.map { "\($0)" })
        let tier = try XMLText.element("Tier", tier.rawValue)
        let body = Array(
            """
            <RestoreRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\(days)\
            <GlacierJobParameters>\(tier)</GlacierJobParameters></RestoreRequest>
            """.utf8)
        let integrity = Integrity.header(body)
        return try target.request(
            Self.name, "POST", S3Place(object), query: [(name: "restore", value: "")],
            requesterPays: requesterPays,
            headers: ["Content-Type": "application/xml", integrity.name: integrity.value], body: .bytes(body))
    }

    func output(of reply: HTTPCollectedResponse) {}
}
