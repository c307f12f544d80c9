import AWSCore
import HTTPTransport
import Testing

@testable import S3

/// What each operation sends, line by line.
@Suite struct RequestTests {
    static let object = ObjectReference(bucket: "b-1", key: "a/b c")
    static let version = ObjectReference(bucket: "b-1", key: "a/b c", versionId: "v+/=")
    static let store = S3Target(
        region: "eu-west-1", endpoint: Endpoint(scheme: "http", authority: "127.0.0.1:9000", isCustom: true))
    static let aws = S3Target(
        region: "eu-west-1",
        endpoint: Endpoint(scheme: "https", authority: "s3.eu-west-1.amazonaws.com", isCustom: false))

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var request: @Sendable (S3Target) throws -> AWSRequest
        /// `METHOD path?query`, then the header fields, then the body, a line each.
        var lines: String

        init<Operation: S3Operation>(_ label: String, _ operation: Operation, _ lines: String) {
            testDescription = label
            request = { try operation.request(to: $0) }
            self.lines = lines
        }
    }

    static func lines(_ request: AWSRequest) -> String {
        let query = request.query.map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }.joined(separator: "&")
        var lines = ["\(request.method) \(request.path)" + (query.isEmpty ? "" : "?\(query)")]
        lines += request.headers.fields.map { "\($0.name): \($0.value)" }
        if case .bytes(let body) = request.body { lines.append(String(decoding: body, as: UTF8.self)) }
        return lines.joined(separator: "\n")
    }

    @Test(arguments: reading + writing + multipart + listing + documents)
    func sends(_ row: Row) throws {
        let request = try row.request(Self.store)
        #expect(Self.lines(request) == row.lines)
        #expect(request.region == "eu-west-1")
        #expect(request.service == .s3)
        #expect(request.subject.hasPrefix("s3://b-1"))
        #expect(request.mayFailInside200 == (request.operation != "GetObject"))
        #expect(request.isRepeatable == (request.operation != "CreateMultipartUpload"))
    }

    static let reading = [
        Row("HeadObject", HeadObjectRequest(object), "HEAD /b-1/a/b%20c\nx-amz-checksum-mode: ENABLED"),
        Row(
            "HeadObject of a part of a version, paid for",
            {
                var request = HeadObjectRequest(version)
                request.partNumber = 7
                request.withChecksum = false
                request.requesterPays = true
                return request
            }(),
            """
            HEAD /b-1/a/b%20c?partNumber=7&versionId=v+/=
            x-amz-request-payer: requester
            """),
        Row("GetObject", GetObjectRequest(object), "GET /b-1/a/b%20c"),
        Row(
            "GetObject of a range under a condition",
            {
                var request = GetObjectRequest(object)
                request.range = 5...9
                request.ifMatch = "e-2"
                return request
            }(), "GET /b-1/a/b%20c\nRange: bytes=5-9\nIf-Match: \"e-2\""),
        Row(
            "GetObjectAttributes", GetObjectAttributesRequest(version),
            """
            GET /b-1/a/b%20c?attributes&versionId=v+/=
            x-amz-object-attributes: ETag,Checksum,ObjectParts,StorageClass,ObjectSize
            x-amz-max-parts: 1000
            """),
        Row("HeadBucket", HeadBucketRequest("b-1"), "HEAD /b-1"),
        Row("GetObjectLockConfiguration", GetObjectLockConfigurationRequest("b-1"), "GET /b-1?object-lock"),
        Row(
            "GetObjectTagging", GetObjectTagging(request: ObjectTaggingRequest(version)),
            "GET /b-1/a/b%20c?tagging&versionId=v+/="),
        Row("GetObjectAcl", GetObjectAclRequest(object), "GET /b-1/a/b%20c?acl"),
    ]

    static let everything: DestinationHeaders = {
        var headers = DestinationHeaders()
        headers.properties.contentType = "text/plain; charset=utf-8"
        headers.properties.cacheControl = "no-cache"
        headers.properties.contentDisposition = "attachment; filename=\"é\""
        headers.properties.contentEncoding = "gzip"
        headers.properties.contentLanguage = "de"
        headers.properties.expires = "never"
        headers.properties.metadata = ["b": "=?UTF-8?B?w6k=?=", "a": "é"]
        headers.properties.websiteRedirectLocation = "/else"
        headers.properties.storageClass = "STANDARD_IA"
        headers.properties.serverSideEncryption = "aws:kms"
        headers.properties.sseKMSKeyId = "key"
        headers.properties.bucketKeyEnabled = true
        headers.properties.objectLockMode = "GOVERNANCE"
        headers.properties.objectLockRetainUntilDate = "2030-01-01T00:00:00Z"
        headers.properties.objectLockLegalHold = "OFF"
        headers.tags = [Tag(key: "a b", value: "c&d=é"), Tag(key: "e", value: "")]
        headers.grants = ["read": "id=\"x\"", "full-control": "uri=\"y\""]
        headers.checksumAlgorithm = "CRC64NVME"
        headers.checksumType = "FULL_OBJECT"
        headers.requesterPays = true
        return headers
    }()

    static let everythingLines = """
        Content-Type: text/plain; charset=utf-8
        Cache-Control: no-cache
        Content-Disposition: attachment; filename="é"
        Content-Encoding: gzip
        Content-Language: de
        Expires: never
        x-amz-meta-a: é
        x-amz-meta-b: =?UTF-8?B?w6k=?=
        x-amz-website-redirect-location: /else
        x-amz-storage-class: STANDARD_IA
        x-amz-server-side-encryption: aws:kms
        x-amz-server-side-encryption-aws-kms-key-id: key
        x-amz-server-side-encryption-bucket-key-enabled: true
        x-amz-object-lock-mode: GOVERNANCE
        x-amz-object-lock-retain-until-date: 2030-01-01T00:00:00Z
        x-amz-object-lock-legal-hold: OFF
        x-amz-tagging: a%20b=c%26d%3D%C3%A9&e=
        x-amz-grant-full-control: uri="y"
        x-amz-grant-read: id="x"
        """

    static let writing = [
        Row(
            "PutObject with everything",
            {
                var request = PutObjectRequest(version, body: .bytes(Array("x".utf8)))
                request.destination = everything
                request.condition = .absent
                request.checksum = ObjectChecksum(algorithm: "CRC32C", value: "AAAA")
                request.contentMD5 = "m"
                return request
            }(),
            """
            PUT /b-1/a/b%20c
            \(everythingLines)
            If-None-Match: *
            x-amz-checksum-crc32c: AAAA
            Content-MD5: m
            x-amz-request-payer: requester
            x
            """),
        Row(
            "CopyObject",
            {
                var source = CopySource(ObjectReference(bucket: "s.b", key: "+ %,\"\\ü\n/", versionId: "v1"))
                source.eTag = "abc-3"
                var request = CopyObjectRequest(source: source, destination: version)
                request.taggingDirective = .replace
                request.headers.checksumAlgorithm = "SHA256"
                request.condition = .matches(eTag: "old")
                return request
            }(),
            """
            PUT /b-1/a/b%20c
            x-amz-copy-source: s.b/%2B%20%25%2C%22%5C%C3%BC%0A/?versionId=v1
            x-amz-copy-source-if-match: "abc-3"
            x-amz-metadata-directive: COPY
            x-amz-tagging-directive: REPLACE
            x-amz-checksum-algorithm: SHA256
            If-Match: "old"
            """),
        Row(
            "DeleteObject of a version under a condition",
            {
                var request = DeleteObjectRequest(version)
                request.ifMatch = "e"
                return request
            }(),
            "DELETE /b-1/a/b%20c?versionId=v+/=\nIf-Match: \"e\""),
    ]

    static let multipart = [
        Row(
            "CreateMultipartUpload with everything",
            {
                var request = CreateMultipartUploadRequest(object)
                request.headers = everything
                return request
            }(),
            """
            POST /b-1/a/b%20c?uploads
            \(everythingLines)
            x-amz-checksum-algorithm: CRC64NVME
            x-amz-checksum-type: FULL_OBJECT
            x-amz-request-payer: requester
            """),
        Row(
            "UploadPart",
            UploadPartRequest(destination: object, uploadId: "u/1", partNumber: 2, body: .bytes(Array("x".utf8))),
            "PUT /b-1/a/b%20c?partNumber=2&uploadId=u/1\nx"),
        Row(
            "UploadPartCopy of a range",
            {
                var request = UploadPartCopyRequest(
                    source: CopySource(object, eTag: "e"), destination: version, uploadId: "u", partNumber: 10_000)
                request.range = 0...5_368_709_119
                request.requesterPays = true
                return request
            }(),
            """
            PUT /b-1/a/b%20c?partNumber=10000&uploadId=u
            x-amz-copy-source: b-1/a/b%20c
            x-amz-copy-source-if-match: "e"
            x-amz-copy-source-range: bytes=0-5368709119
            x-amz-request-payer: requester
            """),
        Row(
            "UploadPartCopy of all",
            UploadPartCopyRequest(source: CopySource(object), destination: object, uploadId: "u", partNumber: 1),
            "PUT /b-1/a/b%20c?partNumber=1&uploadId=u\nx-amz-copy-source: b-1/a/b%20c"),
        Row(
            "AbortMultipartUpload", AbortMultipartUploadRequest(object, uploadId: "u"),
            "DELETE /b-1/a/b%20c?uploadId=u"),
        Row(
            "CompleteMultipartUpload",
            {
                var request = CompleteMultipartUploadRequest(
                    destination: object, uploadId: "u",
                    parts: [
                        CompletedPart(partNumber: 1, eTag: "<&>"),
                        CompletedPart(
                            partNumber: 2, eTag: "e", checksum: ObjectChecksum(algorithm: "CRC32C", value: "AA==")),
                    ])
                request.objectSize = 7
                request.condition = .absent
                request.checksum = ObjectChecksum(algorithm: "CRC64NVME", value: "BB==", type: "FULL_OBJECT")
                return request
            }(),
            """
            POST /b-1/a/b%20c?uploadId=u
            Content-Type: application/xml
            x-amz-mp-object-size: 7
            If-None-Match: *
            x-amz-checksum-crc64nvme: BB==
            x-amz-checksum-type: FULL_OBJECT
            <CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part><ETag>&quot;&lt;&amp;&gt;\
            &quot;</ETag><PartNumber>1</PartNumber></Part><Part><ChecksumCRC32C>AA==</ChecksumCRC32C>\
            <ETag>&quot;e&quot;</ETag><PartNumber>2</PartNumber></Part></CompleteMultipartUpload>
            """),
        Row(
            "ListParts, a later page",
            {
                var request = ListPartsRequest(object, uploadId: "u")
                request.pageSize = 3
                request.marker = 6
                return request
            }(), "GET /b-1/a/b%20c?uploadId=u&max-parts=3&part-number-marker=6"),
    ]

    static let listing = [
        Row(
            "ListObjectsV2", ListObjectsV2Request(bucket: "b-1"),
            "GET /b-1?list-type=2&encoding-type=url"),
        Row(
            "ListObjectsV2, first page",
            {
                var request = ListObjectsV2Request(bucket: "b-1", prefix: "a b/")
                request.startAfter = "a b/c+"
                request.pageSize = 2
                return request
            }(), "GET /b-1?list-type=2&encoding-type=url&prefix=a b/&max-keys=2&start-after=a b/c+"),
        Row(
            "ListObjectsV2, a later page",
            {
                var request = ListObjectsV2Request(bucket: "b-1")
                request.startAfter = "x"
                request.continuationToken = "t="
                return request
            }(), "GET /b-1?list-type=2&encoding-type=url&continuation-token=t="),
        Row(
            "ListObjectVersions, a later page",
            {
                var request = ListObjectVersionsRequest(bucket: "b-1", prefix: "p")
                request.startAfter = "x"
                request.marker = VersionMarker(key: "k", versionId: "v")
                return request
            }(), "GET /b-1?versions&encoding-type=url&prefix=p&key-marker=k&version-id-marker=v"),
        Row(
            "ListMultipartUploads, a later page",
            {
                var request = ListMultipartUploadsRequest(bucket: "b-1", prefix: "p")
                request.marker = UploadMarker(key: "k", uploadId: "u")
                return request
            }(), "GET /b-1?uploads&encoding-type=url&prefix=p&key-marker=k&upload-id-marker=u"),
    ]

    static let documents = [
        Row(
            "DeleteObjects",
            {
                var request = DeleteObjectsRequest(
                    bucket: "b-1",
                    objects: [
                        ObjectIdentifier(key: "a\r\n\t&<>\"'é", versionId: "v", eTag: "e"), ObjectIdentifier(key: "x"),
                    ])
                request.isQuiet = true
                return request
            }(),
            """
            POST /b-1?delete
            Content-Type: application/xml
            Content-MD5: mWkDIDIiEFck3CkMpqWHYQ==
            <Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a&#13;&#10;&#9;&amp;&lt;&gt;&quot;'é</Key>\
            <VersionId>v</VersionId><ETag>&quot;e&quot;</ETag></Object><Object><Key>x</Key></Object>\
            <Quiet>true</Quiet></Delete>
            """),
        Row(
            "PutObjectTagging", PutObjectTaggingRequest(version, tags: [Tag(key: "a&", value: "<é>")]),
            """
            PUT /b-1/a/b%20c?tagging&versionId=v+/=
            Content-Type: application/xml
            Content-MD5: GAk4IM4c5Qy8QsEq+h+ZQQ==
            <Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet><Tag><Key>a&amp;</Key>\
            <Value>&lt;é&gt;</Value></Tag></TagSet></Tagging>
            """),
        Row(
            "RestoreObject", RestoreObjectRequest(version, days: 7, tier: .bulk),
            """
            POST /b-1/a/b%20c?restore&versionId=v+/=
            Content-Type: application/xml
            Content-MD5: 1TRYcIgzQw5+eFN7iheC7Q==
            <RestoreRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Days>7</Days>\
            <GlacierJobParameters><Tier>Bulk</Tier></GlacierJobParameters></RestoreRequest>
            """),
    ]
}
