import AWSCore
import Checksums
import HTTPTransport
import S3
import Testing

/// Single objects on real servers.
@Suite struct ObjectTests {
    @Test(arguments: [
        "plain", "a b", "a+b", "100%", "%20", "a?b&c=d", "#;:@!$'()*,", "é", "e\u{301}", "😀", "\"quoted\"", "{}|^`[]~",
        "line\nfeed", "tab\there", String(repeating: "k/", count: 100) + "long",
    ])
    func keepsEveryKey(_ name: String) async throws {
        let s3 = try Stack.s3()
        let prefix = Stack.prefix()
        let object = ObjectReference(bucket: try Stack.bucket(), key: prefix + name)
        try await s3.store(Array(name.utf8), at: object)
        #expect(try await s3.read(object) == Array(name.utf8))
        let copy = ObjectReference(bucket: object.bucket, key: prefix + "copy of " + name)
        _ = try await s3.copyObject(CopyObjectRequest(source: CopySource(object), destination: copy))
        let listed = try await s3.listObjectsV2(ListObjectsV2Request(bucket: object.bucket, prefix: prefix)).all()
        #expect(Set(listed.map { Array($0.key.utf8) }) == [Array(object.key.utf8), Array(copy.key.utf8)])
        let deleted = try await s3.deleteObjects(
            DeleteObjectsRequest(bucket: object.bucket, objects: listed.map { ObjectIdentifier(key: $0.key) }))
        #expect(deleted.failed == [])
        #expect(deleted.deleted.count == 2)
        let error = await #expect(throws: AWSError.self) { try await s3.headObject(HeadObjectRequest(object)) }
        #expect(error?.status == 404)
    }

    @Test(arguments: ["/leading", "double//slash", "trailing//", "back\\slash", "a/./b", "a/../b"])
    func keepsKeysThatLookLikePaths(_ name: String) async throws {
        let s3 = try Stack.otherS3()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + name)
        try await s3.store([1], at: object)
        #expect(try await s3.read(object) == [1])
        let listed = try await s3.listObjectsV2(ListObjectsV2Request(bucket: object.bucket, prefix: object.key)).all()
        #expect(listed.map(\.key) == [object.key])
    }

    @Test func keepsWhatIsSaidOfAnObject() async throws {
        let s3 = try Stack.s3()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + "o")
        var request = PutObjectRequest(object, body: .bytes(Array("text".utf8)))
        var properties = ObjectProperties()
        properties.contentType = "text/x-test; charset=utf-8"
        properties.cacheControl = "max-age=1"
        properties.contentDisposition = "attachment"
        properties.contentEncoding = "identity"
        properties.contentLanguage = "de"
        properties.expires = "Thu, 01 Jan 2099 00:00:00 GMT"
        properties.metadata = ["one": "1", "umlaut": "é", "coded": "=?UTF-8?B?w6k=?="]
        properties.storageClass = "STANDARD_IA"
        request.destination.properties = properties
        request.destination.tags = [Tag(key: "a b", value: "c+d/é"), Tag(key: "empty", value: "")]
        let stored = try await s3.putObject(request)
        #expect(stored.eTag == "1cb251ec0d568de6a929b520c4aed8d1")
        #expect((stored.date ?? 0) > 1_700_000_000)
        let head = try await s3.headObject(HeadObjectRequest(object))
        #expect(head.contentLength == 4)
        #expect(head.eTag == stored.eTag)
        #expect(head.tagCount == 2)
        #expect(head.properties == properties)
        #expect(Set(try await s3.getObjectTagging(ObjectTaggingRequest(object))) == Set(request.destination.tags ?? []))
    }

    @Test func readsRanges() async throws {
        let s3 = try Stack.s3()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + "o")
        let stored = try await s3.store(Array(0..<100), at: object)
        var request = GetObjectRequest(object)
        request.range = 10...19
        request.ifMatch = stored.eTag
        let output = try await s3.getObject(request)
        #expect(output.head.contentLength == 10)
        #expect(output.contentRange == "bytes 10-19/100")
        #expect(try await output.body.collect(upTo: 100) == Array(10..<20))
        request.ifMatch = "other"
        let error = await #expect(throws: AWSError.self) { try await s3.getObject(request) }
        #expect(error?.code == "PreconditionFailed")
        #expect(error?.attempts == 1)
        request.ifMatch = nil
        request.range = 100...200
        let outside = await #expect(throws: AWSError.self) { try await s3.getObject(request) }
        #expect(outside?.code == "InvalidRange")
    }

    @Test func storesEmptyAndStreamedBodies() async throws {
        let s3 = try Stack.s3()
        let prefix = Stack.prefix()
        let empty = ObjectReference(bucket: try Stack.bucket(), key: prefix + "empty")
        #expect(
            try await s3.putObject(PutObjectRequest(empty, body: .empty)).eTag == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(try await s3.read(empty) == [])
        let chunks = Locked(Array(repeating: [UInt8](repeating: 7, count: 100_000), count: 10))
        let stream = HTTPBody.stream(length: 1_000_000) { chunks.withLock { $0.popLast() } }
        let streamed = ObjectReference(bucket: empty.bucket, key: prefix + "streamed")
        _ = try await s3.putObject(PutObjectRequest(streamed, body: stream))
        #expect(try await s3.read(streamed) == [UInt8](repeating: 7, count: 1_000_000))
    }

    @Test func writesUnderConditions() async throws {
        let s3 = try Stack.s3()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + "o")
        var request = PutObjectRequest(object, body: .bytes([1]))
        request.condition = .absent
        let first = try await s3.putObject(request)
        let second = await #expect(throws: AWSError.self) { try await s3.putObject(request) }
        #expect(second?.code == "PreconditionFailed")
        request.condition = .matches(eTag: "0")
        let third = await #expect(throws: AWSError.self) { try await s3.putObject(request) }
        #expect(third?.code == "PreconditionFailed")
        request.condition = .matches(eTag: first.eTag)
        _ = try await s3.putObject(request)
        var deletion = DeleteObjectRequest(object)
        deletion.ifMatch = "0"
        let refused = await #expect(throws: AWSError.self) { try await s3.deleteObject(deletion) }
        #expect(refused?.code == "PreconditionFailed")
        deletion.ifMatch = first.eTag
        _ = try await s3.deleteObject(deletion)
    }

    @Test func copiesUnderConditions() async throws {
        let s3 = try Stack.s3()
        let prefix = Stack.prefix()
        let source = ObjectReference(bucket: try Stack.bucket(), key: prefix + "source")
        let destination = ObjectReference(bucket: source.bucket, key: prefix + "destination")
        let stored = try await s3.store([1, 2], at: source)
        var request = CopyObjectRequest(source: CopySource(source, eTag: stored.eTag), destination: destination)
        request.metadataDirective = .replace
        request.taggingDirective = .replace
        request.headers.properties.metadata = ["new": "yes"]
        request.headers.tags = [Tag(key: "t", value: "v")]
        let copied = try await s3.copyObject(request)
        #expect(copied.eTag == stored.eTag)
        #expect(copied.lastModified != nil)
        let head = try await s3.headObject(HeadObjectRequest(destination))
        #expect(head.properties.metadata == ["new": "yes"])
        #expect(head.tagCount == 1)
        request.source.eTag = "0"
        let changed = await #expect(throws: AWSError.self) { try await s3.copyObject(request) }
        #expect(changed?.code == "PreconditionFailed")
        request.source = CopySource(ObjectReference(bucket: source.bucket, key: prefix + "missing"))
        let missing = await #expect(throws: AWSError.self) { try await s3.copyObject(request) }
        #expect(missing?.code == "NoSuchKey")
        #expect(missing?.service?.requestId?.isEmpty == false)
        #expect(missing?.description.contains(destination.key) == true)
    }

    @Test func comparesChecksums() async throws {
        let s3 = try Stack.s3()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + "o")
        var request = PutObjectRequest(object, body: .bytes(Array("123456789".utf8)))
        request.checksum = ObjectChecksum(algorithm: "CRC32C", value: "4waSgw==")
        _ = try await s3.putObject(request)
        let head = try await s3.headObject(HeadObjectRequest(object))
        #expect(head.checksum?.algorithm == "CRC32C")
        #expect(head.checksum?.value == "4waSgw==")
        request.checksum?.value = "AAAAAA=="
        let error = await #expect(throws: AWSError.self) { try await s3.putObject(request) }
        #expect(error?.status == 400)
        request.checksum = nil
        request.contentMD5 = "AAAAAAAAAAAAAAAAAAAAAA=="
        let digest = await #expect(throws: AWSError.self) { try await s3.putObject(request) }
        #expect(digest?.code == "BadDigest")
    }

    @Test func changesTags() async throws {
        let s3 = try Stack.s3()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + "o")
        try await s3.store([], at: object)
        #expect(try await s3.getObjectTagging(ObjectTaggingRequest(object)) == [])
        let tags = (0..<10).map { Tag(key: "k \($0)", value: String(repeating: "é", count: 128)) }
        try await s3.putObjectTagging(PutObjectTaggingRequest(object, tags: tags))
        #expect(Set(try await s3.getObjectTagging(ObjectTaggingRequest(object))) == Set(tags))
        try await s3.putObjectTagging(PutObjectTaggingRequest(object, tags: []))
        #expect(try await s3.getObjectTagging(ObjectTaggingRequest(object)) == [])
    }

    @Test func readsAccess() async throws {
        let s3 = try Stack.s3()
        let object = ObjectReference(bucket: try Stack.bucket(), key: Stack.prefix() + "o")
        try await s3.store([], at: object)
        let policy = try await s3.getObjectAcl(GetObjectAclRequest(object))
        #expect(policy.grants == [Grant(grantee: .user(id: policy.ownerId), permission: "FULL_CONTROL")])
    }

    @Test func deletesWhatXMLCannotName() async throws {
        let s3 = try Stack.s3()
        let prefix = Stack.prefix()
        let bucket = try Stack.bucket()
        let keys = ["plain", "control\u{1}"].map { prefix + $0 }
        for key in keys { try await s3.store([], at: ObjectReference(bucket: bucket, key: key)) }
        let output = try await s3.deleteObjects(
            DeleteObjectsRequest(bucket: bucket, objects: keys.map { ObjectIdentifier(key: $0) }))
        #expect(output.deleted.map(\.key) == keys)
        for key in keys {
            await #expect(throws: AWSError.self) {
                try await s3.headObject(HeadObjectRequest(ObjectReference(bucket: bucket, key: key)))
            }
        }
    }

    @Test func saysWhatIsMissing() async throws {
        let s3 = try Stack.s3()
        _ = try await s3.headBucket(HeadBucketRequest(Stack.bucket()))
        #expect(try await s3.bucketRegion(Stack.bucket()) == Stack.variable("AWS_REGION"))
        let bucket = await #expect(throws: AWSError.self) {
            try await s3.listObjectsV2(ListObjectsV2Request(bucket: "s3haul-no-such-bucket")).all()
        }
        #expect(bucket?.code == "NoSuchBucket")
        let head = await #expect(throws: AWSError.self) {
            try await s3.headBucket(HeadBucketRequest("s3haul-no-such-bucket"))
        }
        #expect(head?.status == 404)
    }
}
