public import AWSCore
internal import HTTPTransport
public import S3

/// What is stored under a name.
public struct StoredClaim: Sendable {
    /// The bytes.
    public var bytes: [UInt8]
    /// What tells these bytes from others under the name.
    public var eTag: String
}

/// Where claims are kept, by name: objects below a prefix, so that the ledger can be tested without a server.
public protocol ClaimStore: Sendable {
    /// Stores bytes under a name where nothing is; `false` where something was.
    ///
    /// When a reply is lost the second try finds what the first one stored: `false` may mean oneself.
    func create(_ name: String, _ bytes: [UInt8]) async throws(AWSError) -> Bool
    /// Stores bytes under a name, whatever is there.
    func write(_ name: String, _ bytes: [UInt8]) async throws(AWSError)
    /// Stores bytes under a name where those of an ETag are; `false` where others are, or none.
    ///
    /// As with `create`, `false` may mean oneself.
    func replace(_ name: String, _ bytes: [UInt8], ifMatch eTag: String) async throws(AWSError) -> Bool
    /// What is under a name; `nil` where nothing is.
    func read(_ name: String) async throws(AWSError) -> StoredClaim?
    /// Removes what is under a name, if anything is.
    func remove(_ name: String) async throws(AWSError)
}

/// Claims as objects in S3; the store must honour `If-None-Match` and `If-Match` on PutObject.
public struct S3ClaimStore: ClaimStore {
    /// The most bytes that are read of one object.
    private static let limit = 256 << 20

    private let client: S3Client
    private let location: ObjectPrefix

    /// Keeps claims under a prefix, which is empty or ends in `/`.
    public init(client: S3Client, location: ObjectPrefix) {
        self.client = client
        self.location = location
    }

    /// PutObject with `If-None-Match: *`.
    public func create(_ name: String, _ bytes: [UInt8]) async throws(AWSError) -> Bool {
        try await put(name, bytes, .absent)
    }

    /// PutObject with `If-Match`.
    public func replace(_ name: String, _ bytes: [UInt8], ifMatch eTag: String) async throws(AWSError) -> Bool {
        do throws(AWSError) {
            return try await put(name, bytes, .matches(eTag: eTag))
        } catch  where error.status == 404 && error.code != "NoSuchBucket" {
            return false
        }
    }

    /// PutObject.
    public func write(_ name: String, _ bytes: [UInt8]) async throws(AWSError) {
        _ = try await client.putObject(PutObjectRequest(object(name), body: .bytes(bytes)))
    }

    /// GetObject.
    public func read(_ name: String) async throws(AWSError) -> StoredClaim? {
        do throws(AWSError) {
            let found = try await client.getObject(GetObjectRequest(object(name)), collectingUpTo: Self.limit)
            return StoredClaim(bytes: found.bytes, eTag: found.head.eTag)
        } catch  where error.status == 404 && error.code != "NoSuchBucket" {
            return nil
        }
    }

    /// DeleteObject.
    public func remove(_ name: String) async throws(AWSError) {
        _ = try await client.deleteObject(DeleteObjectRequest(object(name)))
    }

    private func put(_ name: String, _ bytes: [UInt8], _ condition: WriteCondition) async throws(AWSError) -> Bool {
        var request = PutObjectRequest(object(name), body: .bytes(bytes))
        request.condition = condition
        do throws(AWSError) {
            _ = try await client.putObject(request)
            return true
        } catch  where error.status == 412 || error.code == "ConditionalRequestConflict" {
            return false
        }
    }

    private func object(_ name: String) -> ObjectReference {
        ObjectReference(bucket: location.bucket, key: location.prefix + name)
    }
}
