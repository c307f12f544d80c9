import AWSCore
import HTTPTransport
import S3
import Testing

/// An S3 operation as the fault table runs it.
struct FaultedOperation: Sendable, CustomTestStringConvertible {
    typealias Step<Result> = @Sendable (S3Client, ObjectReference, String) async throws -> Result

    /// The operation as AWS names it.
    var name: String
    /// Whether its reply has a body.
    var hasBody: Bool
    /// Whether it needs an upload, with one part, besides the object.
    var needsUpload = false
    /// Whether the body is collected before the call returns, though the operation can stream it.
    var isCollected = false
    /// The error by which the server refuses it; the faults come before that all the same.
    var refusal: String?
    /// Does it to the object and the upload; gives back an ETag that the reply says.
    var call: Step<String?>
    /// Looks whether it was done.
    var verify: Step<Void> = { _, _, _ in }

    var testDescription: String { isCollected ? "\(name), collected" : name }

    static let content = [UInt8](repeating: 7, count: 1_000)

    /// Makes what the operation needs; gives back the upload's id.
    func prepare(_ s3: S3Client, _ object: ObjectReference) async throws -> String {
        var request = PutObjectRequest(object, body: .bytes(Self.content))
        request.destination.tags = [Tag(key: "old", value: "1")]
        _ = try await s3.putObject(request)
        guard needsUpload else { return "" }
        let id = try await s3.createMultipartUpload(CreateMultipartUploadRequest(object)).uploadId
        _ = try await s3.uploadPart(
            UploadPartRequest(destination: object, uploadId: id, partNumber: 1, body: .bytes(Self.content)))
        return id
    }

    static let reading = [
        FaultedOperation(name: "HeadBucket", hasBody: false) { s3, object, _ in
            _ = try await s3.headBucket(HeadBucketRequest(object.bucket))
            return nil
        },
        FaultedOperation(
            name: "GetObjectLockConfiguration", hasBody: true, refusal: "ObjectLockConfigurationNotFoundError"
        ) { s3, object, _ in
            _ = try await s3.getObjectLockConfiguration(GetObjectLockConfigurationRequest(object.bucket))
            return nil
        },
        FaultedOperation(name: "HeadObject", hasBody: false) { s3, object, _ in
            try await s3.headObject(HeadObjectRequest(object)).eTag
        },
        FaultedOperation(name: "GetObject", hasBody: true) { s3, object, _ in
            let output = try await s3.getObject(GetObjectRequest(object))
            let found = try await output.body.collect(upTo: 10_000)
            #expect(found == content)
            return output.head.eTag
        },
        FaultedOperation(name: "GetObject", hasBody: true, isCollected: true) { s3, object, _ in
            let found = try await s3.getObject(GetObjectRequest(object), collectingUpTo: 10_000)
            #expect(found.bytes == content)
            return found.head.eTag
        },
        FaultedOperation(name: "GetObjectAttributes", hasBody: true) { s3, object, _ in
            try await s3.getObjectAttributes(GetObjectAttributesRequest(object)).eTag
        },
        FaultedOperation(name: "GetObjectTagging", hasBody: true) { s3, object, _ in
            let found = try await s3.getObjectTagging(ObjectTaggingRequest(object))
            #expect(found == [Tag(key: "old", value: "1")])
            return nil
        },
        FaultedOperation(name: "GetObjectAcl", hasBody: true) { s3, object, _ in
            let found = try await s3.getObjectAcl(GetObjectAclRequest(object)).grants.count
            #expect(found == 1)
            return nil
        },
        FaultedOperation(name: "ListObjectsV2", hasBody: true) { s3, object, _ in
            let listed = try await s3.listObjectsV2(.init(bucket: object.bucket, prefix: object.key)).all()
            #expect(listed.map(\.key) == [object.key])
            return listed.first?.eTag
        },
        FaultedOperation(name: "ListObjectVersions", hasBody: true) { s3, object, _ in
            let listed = try await s3.listObjectVersions(.init(bucket: object.bucket, prefix: object.key)).all()
            #expect(listed.map(\.key) == [object.key])
            return listed.first?.eTag
        },
        FaultedOperation(name: "ListMultipartUploads", hasBody: true, needsUpload: true) { s3, object, upload in
            let listed = try await s3.listMultipartUploads(.init(bucket: object.bucket, prefix: object.key)).all()
            #expect(listed.map(\.uploadId) == [upload])
            return nil
        },
        FaultedOperation(name: "ListParts", hasBody: true, needsUpload: true) { s3, object, upload in
            let parts = try await s3.listParts(ListPartsRequest(object, uploadId: upload)).all()
            #expect(parts.map(\.size) == [1_000])
            return parts.first?.eTag
        },
    ]

    static let writing = [
        FaultedOperation(
            name: "PutObject", hasBody: false,
            call: { s3, object, _ in try await s3.store([1, 2], at: object).eTag },
            verify: { s3, object, _ in
                let found = try await s3.read(object)
                #expect(found == [1, 2])
            }),
        FaultedOperation(
            name: "CopyObject", hasBody: true,
            call: { s3, object, _ in
                let copy = ObjectReference(bucket: object.bucket, key: object.key + "-copy")
                return try await s3.copyObject(CopyObjectRequest(source: CopySource(object), destination: copy)).eTag
            },
            verify: { s3, object, _ in
                let copy = ObjectReference(bucket: object.bucket, key: object.key + "-copy")
                let found = try await s3.read(copy)
                #expect(found == content)
            }),
        FaultedOperation(
            name: "DeleteObject", hasBody: false,
            call: { s3, object, _ in
                _ = try await s3.deleteObject(DeleteObjectRequest(object))
                return nil
            }, verify: isGone),
        FaultedOperation(
            name: "DeleteObjects", hasBody: true,
            call: { s3, object, _ in
                let key = ObjectIdentifier(key: object.key)
                let output = try await s3.deleteObjects(.init(bucket: object.bucket, objects: [key]))
                #expect(output.deleted.map(\.key) == [object.key])
                return nil
            }, verify: isGone),
        FaultedOperation(
            name: "PutObjectTagging", hasBody: false,
            call: { s3, object, _ in
                try await s3.putObjectTagging(.init(object, tags: [Tag(key: "new", value: "2")]))
                return nil
            },
            verify: { s3, object, _ in
                let found = try await s3.getObjectTagging(.init(object))
                #expect(found == [Tag(key: "new", value: "2")])
            }),
        FaultedOperation(name: "RestoreObject", hasBody: true, refusal: "MethodNotAllowed") { s3, object, _ in
            try await s3.restoreObject(RestoreObjectRequest(object, days: 1, tier: .standard))
            return nil
        },
    ]

    static let multipart = [
        FaultedOperation(name: "CreateMultipartUpload", hasBody: true) { s3, object, _ in
            _ = try await s3.createMultipartUpload(CreateMultipartUploadRequest(object))
            return nil
        },
        FaultedOperation(
            name: "UploadPart", hasBody: false, needsUpload: true,
            call: { s3, object, upload in
                let part = UploadPartRequest(
                    destination: object, uploadId: upload, partNumber: 2, body: .bytes(content))
                return try await s3.uploadPart(part).eTag
            }, verify: hasPart2),
        FaultedOperation(
            name: "UploadPartCopy", hasBody: true, needsUpload: true,
            call: { s3, object, upload in
                let part = UploadPartCopyRequest(
                    source: CopySource(object), destination: object, uploadId: upload, partNumber: 2)
                return try await s3.uploadPartCopy(part).eTag
            }, verify: hasPart2),
        FaultedOperation(
            name: "CompleteMultipartUpload", hasBody: true, needsUpload: true,
            call: { s3, object, upload in
                let part = CompletedPart(partNumber: 1, eTag: "eb4fc1b20b020225bebfd48686d92517")
                let request = CompleteMultipartUploadRequest(destination: object, uploadId: upload, parts: [part])
                return try await s3.completeMultipartUpload(request).eTag
            },
            verify: { s3, object, _ in
                let eTag = try await s3.headObject(.init(object)).eTag
                #expect(eTag.hasSuffix("-1"))
                let found = try await s3.read(object)
                #expect(found == content)
            }),
        FaultedOperation(
            name: "AbortMultipartUpload", hasBody: false, needsUpload: true,
            call: { s3, object, upload in
                try await s3.abortMultipartUpload(AbortMultipartUploadRequest(object, uploadId: upload))
                return nil
            },
            verify: { s3, object, upload in
                await #expect(throws: AWSError.self) {
                    try await s3.listParts(ListPartsRequest(object, uploadId: upload)).all()
                }
            }),
    ]

    static let isGone: Step<Void> = { s3, object, _ in
        let error = await #expect(throws: AWSError.self) { try await s3.headObject(HeadObjectRequest(object)) }
        #expect(error?.status == 404)
    }

    static let hasPart2: Step<Void> = { s3, object, upload in
        let parts = try await s3.listParts(ListPartsRequest(object, uploadId: upload)).all()
        #expect(Set(parts.map(\.partNumber)) == [1, 2])
    }
}
