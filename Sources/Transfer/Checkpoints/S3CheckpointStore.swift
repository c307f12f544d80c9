import AWSCore
import HTTPTransport
public import S3

/// Checkpoints as objects in S3, so that a worker on another host can go on.
///
/// The store must honour `If-Match` and `If-None-Match` on PutObject.
public struct S3CheckpointStore: CheckpointStore {
    private let client: S3Client
    private let location: ObjectPrefix

    /// Keeps checkpoints under a prefix, which is empty or ends in `/`.
    public init(client: S3Client, location: ObjectPrefix) {
        self.client = client
        self.location = location
    }

    /// The checkpoint in the object of this name.
    public func read(_ name: String) async throws(CheckpointError) -> StoredCheckpoint? {
        do throws(AWSError) {
            let reply = try await client.getObject(GetObjectRequest(object(name)))
            let body = BodyReader(reply.body, subject: "\(object(name))")
            var bytes: [UInt8] = []
            while bytes.count <= CheckpointCoding.limit, let chunk = try await body.next() { bytes += chunk }
            let written = reply.head.lastModified.flatMap({ Int64(httpDate: $0) }) ?? 0
            return StoredCheckpoint(CheckpointCoding.decode(bytes), token: reply.head.eTag, written: written)
        } catch  where error.status == 404 && error.code != "NoSuchBucket" {
            return nil
        } catch {
            throw CheckpointError(error)
        }
    }

    /// Stores the object, if nothing else was stored meanwhile.
    public func write(
        _ checkpoint: Checkpoint, as name: String, replacing token: String?
    ) async throws(CheckpointError) -> StoredCheckpoint {
        var request = PutObjectRequest(object(name), body: .bytes(try CheckpointCoding.encode(checkpoint)))
        request.destination.properties.contentType = "application/json"
        request.condition = token.map { .matches(eTag: $0) } ?? .absent
        do throws(AWSError) {
            let reply = try await client.putObject(request)
            return StoredCheckpoint(checkpoint, token: reply.eTag, written: reply.date ?? checkpoint.heartbeat)
        } catch {
            throw CheckpointError(error)
        }
    }

    /// Deletes the object.
    public func remove(_ name: String, token: String) async throws(CheckpointError) {
        var request = DeleteObjectRequest(object(name))
        request.ifMatch = token
        do throws(AWSError) {
            _ = try await client.deleteObject(request)
        } catch {
            throw CheckpointError(error)
        }
    }

    private func object(_ name: String) -> ObjectReference {
        ObjectReference(bucket: location.bucket, key: location.prefix + name)
    }
}

extension CheckpointError {
    /// Tells a write that came too late from a store that cannot be used.
    ///
    /// `If-Match` of what was removed meanwhile is answered with 404 (S3 User Guide, "Conditional writes").
    fileprivate init(_ error: AWSError) {
        switch error.code {
        case "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey": self = .conflict
        default:
            self =
                error.isCancellation
                ? .cancelled : .unavailable("\(error)", mayPass: error.isTransient || error.isThrottling)
        }
    }
}
