public import AWSCore
internal import HTTPTransport

/// One object of DeleteObjects, and what it must be to be deleted.
public struct ObjectIdentifier: Sendable, Equatable {
    /// The key.
    public var key: String
    /// The version; without one, a versioned bucket gets a delete marker.
    public var versionId: String?
    /// The ETag it must have.
    public var eTag: String?
    /// The size in bytes it must have; directory buckets alone look at it (S3 API Reference: ObjectIdentifier).
    public var size: Int64?
    /// The last-modified it must have, as an HTTP date; directory buckets alone look at it.
    public var lastModified: String?

    /// Names an object.
    public init(key: String, versionId: String? = nil, eTag: String? = nil) {
        self.key = key
        self.versionId = versionId
        self.eTag = eTag
    }
}

/// What DeleteObjects is asked.
public struct DeleteObjectsRequest: Sendable {
    /// How many objects one request may name (S3 API Reference: DeleteObjects).
    public static let maximumObjects = 1000

    /// The bucket's name.
    public var bucket: String
    /// The objects; at most `maximumObjects`, or S3 refuses them all.
    public var objects: [ObjectIdentifier]
    /// Whether the reply names only those that could not be deleted.
    public var isQuiet = false
    /// Whether the caller pays, for a requester-pays bucket.
    public var requesterPays = false

    /// Asks to delete objects.
    public init(bucket: String, objects: [ObjectIdentifier]) {
        self.bucket = bucket
        self.objects = objects
    }
}

/// What DeleteObjects answers.
public struct DeleteObjectsOutput: Sendable, Equatable {
    /// One object that was deleted.
    public struct Deleted: Sendable, Equatable {
        /// The key.
        public var key: String
        /// The version that was asked for.
        public var versionId: String?
        /// Whether a delete marker was made or deleted.
        public var isDeleteMarker = false
        /// The delete marker that was made or deleted.
        public var deleteMarkerVersionId: String?

        /// Names an object that is gone.
        public init(
            key: String, versionId: String? = nil, isDeleteMarker: Bool = false, deleteMarkerVersionId: String? = nil
        ) {
            self.key = key
            self.versionId = versionId
            self.isDeleteMarker = isDeleteMarker
            self.deleteMarkerVersionId = deleteMarkerVersionId
        }
    }

    /// One object that was not deleted.
    public struct Failed: Sendable, Equatable {
        /// The key.
        public var key: String
        /// The version that was asked for.
        public var versionId: String?
        /// S3's code.
        public var code: String
        /// S3's message.
        public var message: String

        /// Names an object that is still there.
        public init(key: String, versionId: String? = nil, code: String, message: String) {
            self.key = key
            self.versionId = versionId
            self.code = code
            self.message = message
        }
    }

    /// Those that were deleted; empty where the request was quiet.
    public var deleted: [Deleted] = []
    /// Those that were not.
    public var failed: [Failed] = []

    /// Makes a reply that names none.
    public init() {}
}

extension S3Client {
    /// DeleteObjects: deletes up to 1,000 objects of a bucket in one request.
    ///
    /// Keys with characters that XML 1.0 cannot carry are deleted one by one after it.
    ///
    /// - Returns: What became of each object; that some failed is no error.
    public func deleteObjects(_ request: DeleteObjectsRequest) async throws(AWSError) -> DeleteObjectsOutput {
        var listed = request
        listed.objects = request.objects.filter { XMLText.escaped($0.key) != nil }
        var output = listed.objects.isEmpty ? DeleteObjectsOutput() : try await perform(listed)
        for object in request.objects where XMLText.escaped(object.key) == nil {
            await deleteAlone(object, of: request, into: &output)
        }
        return output
    }

    private func deleteAlone(
        _ object: ObjectIdentifier, of request: DeleteObjectsRequest, into output: inout DeleteObjectsOutput
    ) async {
        var single = DeleteObjectRequest(
            ObjectReference(bucket: request.bucket, key: object.key, versionId: object.versionId))
        single.ifMatch = object.eTag
        single.requesterPays = request.requesterPays
        do {
            let reply = try await deleteObject(single)
            guard !request.isQuiet else { return }
            output.deleted.append(
                .init(
                    key: object.key, versionId: object.versionId, isDeleteMarker: reply.isDeleteMarker,
                    deleteMarkerVersionId: reply.isDeleteMarker ? reply.versionId : nil))
        } catch {
            output.failed.append(
                .init(
                    key: object.key, versionId: object.versionId, code: error.code ?? "NoReply",
                    message: error.service?.message ?? error.description))
        }
    }
}

extension DeleteObjectsRequest: S3Operation {
    static let name = "DeleteObjects"

    func request(to target: S3Target) throws(ConfigurationError) -> AWSRequest {
        var xml = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        for object in objects {
            xml += "<Object>"
            xml += try XMLText.element("Key", object.key)
            xml += try XMLText.element("VersionId", object.versionId)
            xml += try XMLText.element("ETag", object.eTag.map(ETag.quoted))
            xml += try XMLText.element("LastModifiedTime", object.lastModified)
            xml += try XMLText.element("Size", object.size.map { "\($0)" })
            xml += "</Object>"
        }
        if isQuiet { xml += "<Quiet>true</Quiet>" }
        xml += "</Delete>"
        let body = Array(xml.utf8)
        var headers: HTTPHeaders = ["Content-Type": "application/xml"]
        let integrity = Integrity.header(body)
        headers.add(integrity.name, integrity.value)
        return try target.request(
            Self.name, "POST", S3Place(bucket: bucket), query: [(name: "delete", value: "")],
            requesterPays: requesterPays,
            headers: headers, body: .bytes(body))
    }

    func output(of reply: HTTPCollectedResponse) throws(MalformedReply) -> DeleteObjectsOutput {
        var output = DeleteObjectsOutput()
        for child in try reply.document("DeleteResult").children {
            switch child.name {
            case "Deleted":
                output.deleted.append(
                    .init(
                        key: try child.required("Key"), versionId: child.optional("VersionId"),
                        isDeleteMarker: child.isTrue("DeleteMarker"),
                        deleteMarkerVersionId: child.optional("DeleteMarkerVersionId")))
            case "Error":
                output.failed.append(
                    .init(
                        key: child.text(of: "Key") ?? "", versionId: child.optional("VersionId"),
                        code: try child.required("Code"), message: child.text(of: "Message") ?? ""))
            default: break
            }
        }
        return output
    }
}
