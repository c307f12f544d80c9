public import AWSCore
internal import HTTPTransport
public import S3

/// Where claims are kept, by name: objects below a prefix, so that the ledger can be tested without a server.
public protocol ClaimStore: Sendable {
    /// Stores bytes under a name where nothing is; `false` where something was.
    ///
    /// When a reply is lost the second try finds what the first one stored: `false` may mean oneself.
    func create(_ name: String, _ bytes: [UInt8]) async throws(AWSError) -> Bool
    /// Stores bytes under a name, whatever is there.
    func write(_ name: String, _ bytes: [UInt8]) async throws(AWSError)
    /// The bytes under a name; `nil` where nothing is.
    func read(_ name: String) async throws(AWSError) -> [UInt8]?
    /// Removes what is under a name, if anything is.
    func remove(_ name: String) async throws(AWSError)
}

/// Claims as objects in S3; the store must honour `If-None-Match` on PutObject.
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
        var request = PutObjectRequest(object(name), body: .bytes(bytes))
        request.condition = .absent
        do throws(AWSError) {
            _ = try await client.putObject(request)
            return true
        } catch  where error.status == 412 || error.code == "ConditionalRequestConflict" {
            return false
        }
    }

    /// PutObject.
    public func write(_ name: String, _ bytes: [UInt8]) async throws(AWSError) {
        _ = try await client.putObject(PutObjectRequest(object(name), body: .bytes(bytes)))
    }

    /// GetObject.
    public func read(_ name: String) async throws(AWSError) -> [UInt8]? {
        do throws(AWSError) {
            return try await client.getObject(GetObjectRequest(object(name)), collectingUpTo: Self.limit).bytes
        } catch  where error.status == 404 && error.code != "NoSuchBucket" {
            return nil
        }
    }

    /// DeleteObject.
    public func remove(_ name: String) async throws(AWSError) {
        _ = try await client.deleteObject(DeleteObjectRequest(object(name)))
    }

    private func object(_ name: String) -> ObjectReference {
        ObjectReference(bucket: location.bucket, key: location.prefix + name)
    }
}
