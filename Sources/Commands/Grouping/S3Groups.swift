import AWSCore
import Console
import FoundationEssentials
import Glibc
import HTTPTransport
import S3

/// A grouping below a prefix in S3.
struct S3Groups: GroupPlace {
    private let prefix: ObjectPrefix
    private let s3: S3Client
    let spoolFolder: String

    /// The metadata that a manifest's checksum is kept in: not every store keeps S3's own checksums.
    private static let checksumName = "s3haul-crc64nvme"

    init(_ prefix: ObjectPrefix, _ s3: S3Client) {
        self.prefix = prefix
        self.s3 = s3
        spoolFolder = "\(FileManager.default.temporaryDirectory.path)/s3haul-group-\(UUID().uuidString)"
    }

    func prepare() throws {
        try FileManager.default.createDirectory(atPath: spoolFolder, withIntermediateDirectories: false)
    }

    func cleanUp() { try? FileManager.default.removeItem(atPath: spoolFolder) }

    func read(_ name: String) async throws -> [UInt8]? {
        let reply: GetObjectOutput
        do throws(AWSError) {
            reply = try await s3.getObject(GetObjectRequest(object(name)))
        } catch {
            if error.status == 404 { return nil }
            throw error
        }
        var bytes: [UInt8] = []
        for try await chunk in reply.body { bytes += chunk }
        return bytes
    }

    func create(_ bytes: [UInt8], _ name: String) async throws -> Bool {
        var request = PutObjectRequest(object(name), body: .bytes(bytes))
        request.condition = .absent
        do throws(AWSError) {
            _ = try await s3.putObject(request)
            return true
        } catch {
            if error.status == 412 || error.status == 409 { return false }
            throw error
        }
    }

    func replace(_ bytes: [UInt8], _ name: String) async throws {
        _ = try await s3.putObject(PutObjectRequest(object(name), body: .bytes(bytes)))
    }

    func hasManifests() async throws -> Bool {
        var objects = s3.listObjectsV2(.init(bucket: prefix.bucket, prefix: prefix.prefix)).makeAsyncIterator()
        while let object = try await objects.next() {
            if object.key.hasSuffix(".jsonl") { return true }
        }
        return false
    }

    func store(_ manifest: SpooledManifest, _ name: String) async throws -> Bool {
        let file = try SpooledFile(path: manifest.path)
        defer { unlink(manifest.path) }
        var headers = DestinationHeaders()
        headers.properties.contentType = "application/x-ndjson"
        headers.properties.metadata = [Self.checksumName: manifest.checksum]
        let upload = ChunkedUpload(object: object(name), headers: headers, condition: .absent, s3: s3)
        do {
            try await upload.store { try file.next() }
            return true
        } catch let error as AWSError where error.status == 412 || error.status == 409 {
            let head = try await s3.headObject(HeadObjectRequest(object(name)))
            guard head.properties.metadata[Self.checksumName] == manifest.checksum else { throw differs(address(name)) }
            return false
        }
    }

    func address(_ name: String) -> String { object(name).uri }

    private func object(_ name: String) -> ObjectReference {
        ObjectReference(bucket: prefix.bucket, key: prefix.prefix + name)
    }
}
