import AWSCore
import Checksums
import HTTPTransport
import S3
import Testing

/// Uploads in parts on real servers.
@Suite struct MultipartTests {
    static let first = [UInt8](repeating: 1, count: 5 << 20)
    static let last = [UInt8](repeating: 2, count: 1_000)

    @Test func uploadsInParts() async throws {
        let s3 = try Stack.s3()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + "o +é")
        var creation = CreateMultipartUploadRequest(object)
        creation.headers.properties.metadata = ["a": "b"]
        creation.headers.tags = [Tag(key: "t", value: "v w")]
        let upload = try await s3.createMultipartUpload(creation)
        #expect((upload.date ?? 0) > 1_700_000_000)
        var parts: [CompletedPart] = []
        for (number, bytes) in [(2, Self.last), (1, Self.first)] {
            let part = try await s3.uploadPart(
                UploadPartRequest(
                    destination: object, uploadId: upload.uploadId, partNumber: number, body: .bytes(bytes)))
            #expect(part.eTag == MD5.digest(bytes)?.hexadecimal)
            parts.insert(CompletedPart(partNumber: number, eTag: part.eTag), at: 0)
        }
        var listing = ListPartsRequest(object, uploadId: upload.uploadId)
        listing.pageSize = 1
        let listed = try await s3.listParts(listing).all()
        #expect(listed.map(\.partNumber) == [1, 2])
        #expect(listed.map(\.size) == [5 << 20, 1_000])
        #expect(listed.map(\.eTag) == parts.map(\.eTag))
        var completion = CompleteMultipartUploadRequest(
            destination: object, uploadId: upload.uploadId, parts: parts)
        completion.objectSize = Int64(Self.first.count + Self.last.count)
        completion.condition = .absent
        let completed = try await s3.completeMultipartUpload(completion)
        let digests = try [Self.first, Self.last].map { try #require(MD5.digest($0)) }
        #expect(completed.eTag == "\(try #require(MD5.digest(digests.flatMap { $0 })).hexadecimal)-2")
        let head = try await s3.headObject(HeadObjectRequest(object))
        #expect(head.eTag == completed.eTag)
        #expect(head.properties.metadata == ["a": "b"])
        #expect(head.tagCount == 1)
        #expect(try await s3.read(object) == Self.first + Self.last)
    }

    @Test func tellsHowAnObjectWasUploaded() async throws {
        // SeaweedFS shows its own chunks as parts.
        let s3 = try Stack.otherS3()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + "o")
        let upload = try await s3.createMultipartUpload(CreateMultipartUploadRequest(object))
        var parts: [CompletedPart] = []
        for (number, bytes) in [(1, Self.first), (2, Self.last)] {
            let part = try await s3.uploadPart(
                UploadPartRequest(
                    destination: object, uploadId: upload.uploadId, partNumber: number, body: .bytes(bytes)))
            parts.append(CompletedPart(partNumber: number, eTag: part.eTag))
        }
        let done = try await s3.completeMultipartUpload(
            CompleteMultipartUploadRequest(destination: object, uploadId: upload.uploadId, parts: parts))
        var request = HeadObjectRequest(object)
        request.partNumber = 2
        let part = try await s3.headObject(request)
        #expect(part.contentLength == 1_000)
        #expect(part.partsCount == 2)
        let attributes = try await s3.getObjectAttributes(GetObjectAttributesRequest(object))
        #expect(attributes.objectSize == Int64(Self.first.count + Self.last.count))
        #expect(attributes.eTag == done.eTag)
    }

    @Test func copiesInParts() async throws {
        let s3 = try Stack.otherS3()
        let prefix = Stack.prefix()
        let source = ObjectReference(bucket: try Stack.bucket(), key: prefix + "source + %")
        let destination = ObjectReference(bucket: source.bucket, key: prefix + "destination")
        let stored = try await s3.store(Self.first + Self.last, at: source)
        let upload = try await s3.createMultipartUpload(CreateMultipartUploadRequest(destination))
        var parts: [CompletedPart] = []
        let boundary = Int64(Self.first.count)
        for (number, range) in [(1, 0...boundary - 1), (2, boundary...boundary + 999)] {
            var request = UploadPartCopyRequest(
                source: CopySource(source, eTag: stored.eTag), destination: destination, uploadId: upload.uploadId,
                partNumber: number)
            request.range = range
            parts.append(CompletedPart(partNumber: number, eTag: try await s3.uploadPartCopy(request).eTag))
        }
        #expect(parts.map(\.eTag) == [Self.first, Self.last].map { MD5.digest($0)?.hexadecimal })
        _ = try await s3.completeMultipartUpload(
            CompleteMultipartUploadRequest(destination: destination, uploadId: upload.uploadId, parts: parts))
        #expect(try await s3.read(destination) == Self.first + Self.last)
    }

    @Test func doesNotCopyAPartOfWhatChanged() async throws {
        let s3 = try Stack.s3()
        let prefix = Stack.prefix()
        let source = ObjectReference(bucket: try Stack.bucket(), key: prefix + "source")
        try await s3.store(Self.first, at: source)
        let upload = try await s3.createMultipartUpload(CreateMultipartUploadRequest(source))
        let error = await #expect(throws: AWSError.self) {
            try await s3.uploadPartCopy(
                UploadPartCopyRequest(
                    source: CopySource(source, eTag: "0"), destination: source, uploadId: upload.uploadId, partNumber: 1
                ))
        }
        #expect(error?.code == "PreconditionFailed")
        try await s3.abortMultipartUpload(AbortMultipartUploadRequest(source, uploadId: upload.uploadId))
    }

    @Test func listsAndAbortsUploads() async throws {
        let s3 = try Stack.otherS3()
        let prefix = Stack.prefix()
        let bucket = try Stack.bucket()
        var begun: [String: String] = [:]
        for name in ["a b", "c+d", "é"] {
            let object = ObjectReference(bucket: bucket, key: prefix + name)
            begun[object.key] = try await s3.createMultipartUpload(CreateMultipartUploadRequest(object)).uploadId
        }
        let request = ListMultipartUploadsRequest(bucket: bucket, prefix: prefix)
        let uploads = try await s3.listMultipartUploads(request).all()
        #expect(Dictionary(uploads.map { ($0.key, $0.uploadId) }, uniquingKeysWith: { $1 }) == begun)
        #expect(uploads.allSatisfy { ($0.initiated ?? 0) > 1_200_000_000 })
        for upload in uploads {
            let object = ObjectReference(bucket: bucket, key: upload.key)
            try await s3.abortMultipartUpload(AbortMultipartUploadRequest(object, uploadId: upload.uploadId))
        }
        #expect(try await s3.listMultipartUploads(request).all() == [])
        let object = ObjectReference(bucket: bucket, key: uploads[0].key)
        let gone = await #expect(throws: AWSError.self) {
            try await s3.listParts(ListPartsRequest(object, uploadId: uploads[0].uploadId)).all()
        }
        #expect(gone?.code == "NoSuchUpload")
    }
}
