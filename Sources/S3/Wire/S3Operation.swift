internal import AWSCore
internal import HTTPTransport

/// One operation: how it is asked, and how its reply is read. Both are pure.
protocol S3Operation: Sendable {
    associatedtype Output: Sendable

    /// The operation as AWS names it.
    static var name: String { get }

    /// The bucket whose region the request goes to.
    var bucket: String { get }

    /// The request, for a region.
    ///
    /// - Throws: `ConfigurationError` for values that cannot be said on the wire.
    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest

    /// What a reply of status 2xx says.
    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> Output
}

/// Why a reply cannot be understood.
struct MalformedReply: Error, Equatable {
    var reason: String
}
