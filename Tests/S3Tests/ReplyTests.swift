import AWSCore
import HTTPTransport
import Testing

@testable import S3

/// What each operation reads out of a reply; the documents are those of the S3 API Reference where it has one.
@Suite struct ReplyTests {
    static let object = ObjectReference(bucket: "b", key: "k")
    static let header = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    static func reply(_ body: String = "", _ headers: HTTPHeaders = [:]) -> HTTPCollectedResponse {
        HTTPCollectedResponse(status: 200, headers: headers, body: Array(body.utf8))
    }

    @Test func readsEveryHeaderFieldOfAnObject() throws {
        let headers: HTTPHeaders = [
            "content-length": "434234", "etag": "\"fba9dede5f27731c9771645a39863328-3\"",
            "Last-Modified": "Sun, 1 Jan 2006 12:00:00 GMT", "x-amz-version-id": "v", "x-amz-mp-parts-count": "3",
            "x-amz-tagging-count": "2", "x-amz-checksum-crc64nvme": "AAAAAAAAAAA=",
            "x-amz-checksum-type": "FULL_OBJECT",
            "x-amz-restore": "ongoing-request=\"false\"", "x-amz-archive-status": "ARCHIVE_ACCESS",
            "Content-Type": "text/plain", "Cache-Control": "c", "Content-Disposition": "d", "Content-Encoding": "gzip",
            "Content-Language": "l", "Expires": "e", "X-Amz-Meta-Name": "é", "x-amz-meta-empty": "",
            "x-amz-website-redirect-location": "/w", "x-amz-storage-class": "GLACIER",
            "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "key",
            "x-amz-server-side-encryption-bucket-key-enabled": "true", "x-amz-object-lock-mode": "COMPLIANCE",
            "x-amz-object-lock-retain-until-date": "r", "x-amz-object-lock-legal-hold": "ON",
        ]
        let output = try HeadObjectRequest(Self.object).output(of: Self.reply("", headers))
        #expect(output.contentLength == 434_234)
        #expect(output.eTag == "fba9dede5f27731c9771645a39863328-3")
        #expect(output.lastModified == "Sun, 1 Jan 2006 12:00:00 GMT")
        #expect(output.versionId == "v")
        #expect(output.partsCount == 3)
        #expect(output.tagCount == 2)
        #expect(
            output.checksum == ObjectChecksum(algorithm: "CRC64NVME", value: "AAAAAAAAAAA=", type: "FULL_OBJECT"))
        #expect(output.restore == "ongoing-request=\"false\"")
        #expect(output.archiveStatus == "ARCHIVE_ACCESS")
        var expected = ObjectProperties()
        expected.contentType = "text/plain"
        expected.cacheControl = "c"
        expected.contentDisposition = "d"
        expected.contentEncoding = "gzip"
        expected.contentLanguage = "l"
        expected.expires = "e"
        expected.metadata = ["name": "é", "empty": ""]
        expected.websiteRedirectLocation = "/w"
        expected.storageClass = "GLACIER"
        expected.serverSideEncryption = "aws:kms"
        expected.sseKMSKeyId = "key"
        expected.bucketKeyEnabled = true
        expected.objectLockMode = "COMPLIANCE"
        expected.objectLockRetainUntilDate = "r"
        expected.objectLockLegalHold = "ON"
        #expect(output.properties == expected)
    }

    @Test(arguments: [("Enabled", true), ("Disabled", false)])
    func saysWhetherObjectsCanBeLocked(_ value: String, _ isEnabled: Bool) throws {
        let body = """
            \(Self.header)<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
            <ObjectLockEnabled>\(value)</ObjectLockEnabled></ObjectLockConfiguration>
            """
        #expect(try GetObjectLockConfigurationRequest("b").output(of: Self.reply(body)).isEnabled == isEnabled)
    }

    static let badHeads: [(String, HTTPHeaders)] = [
        ("no length", ["ETag": "\"e\""]), ("a negative length", ["Content-Length": "-1", "ETag": "\"e\""]),
        ("no ETag", ["Content-Length": "1"]), ("an empty ETag", ["Content-Length": "1", "ETag": "\"\""]),
    ]

    @Test(arguments: badHeads)
    func refusesAHeadWith(label: String, headers: HTTPHeaders) {
        #expect(throws: MalformedReply.self) {
            try HeadObjectRequest(Self.object).output(of: Self.reply("", headers))
        }
    }

    @Test(arguments: [
        (206, "bytes 5-9/100", true), (206, "bytes 5-7/8", true), (200, nil, false), (206, "bytes 0-4/100", false),
        (206, "bytes 50-54/100", false), (206, nil, false),
    ])
    func takesOnlyTheRangeItAskedFor(status: Int, contentRange: String?, isTaken: Bool) {
        var request = GetObjectRequest(Self.object)
        request.range = 5...9
        var headers: HTTPHeaders = ["Content-Length": "5", "ETag": "\"e\""]
        headers["Content-Range"] = contentRange
        let head = Result { try request.head(status: status, headers) }
        #expect(((try? head.get()) != nil) == isTaken)
    }

    @Test func readsACopy() throws {
        let request = CopyObjectRequest(source: CopySource(Self.object), destination: Self.object)
        let output = try request.output(
            of: Self.reply(
                """
                  \n\(Self.header)<CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
                  <LastModified>2009-10-28T22:32:00.000Z</LastModified><ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag>
                  <ChecksumType>FULL_OBJECT</ChecksumType><ChecksumCRC32C>AA==</ChecksumCRC32C></CopyObjectResult>
                """, ["x-amz-version-id": "new", "x-amz-copy-source-version-id": "old"]))
        #expect(output.eTag == "9b2cf535f27731c974343645a3985328")
        #expect(output.lastModified == 1_256_769_120)
        #expect(output.versionId == "new")
        #expect(output.sourceVersionId == "old")
        #expect(output.checksum == ObjectChecksum(algorithm: "CRC32C", value: "AA==", type: "FULL_OBJECT"))
        let bare = try request.output(of: Self.reply("<CopyObjectResult><ETag>e-2</ETag></CopyObjectResult>"))
        #expect(bare.eTag == "e-2", "some stores leave the quotes out")
    }

    @Test func readsAnUploadFromBeginningToEnd() throws {
        let created = try CreateMultipartUploadRequest(Self.object).output(
            of: Self.reply(
                """
                \(Self.header)<InitiateMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
                <Bucket>example-bucket</Bucket><Key>example-object</Key><UploadId>VXBsb2FkIElEIGZvciA2aWWpbmcncyBteS1tb3ZpZS5t
                </UploadId></InitiateMultipartUploadResult>
                """, ["Date": "Mon, 1 Nov 2010 20:34:56 GMT"]))
        #expect(created.uploadId.hasPrefix("VXBsb2FkIElEIGZvciA2aWWpbmcncyBteS1tb3ZpZS5t"))
        let part = try UploadPartCopyRequest(
            source: CopySource(Self.object), destination: Self.object, uploadId: "u", partNumber: 1
        ).output(
            of: Self.reply(
                """
                <CopyPartResult><LastModified>2011-04-11T20:34:56.000Z</LastModified>
                <ETag>"9b2cf535f27731c974343645a3985328"</ETag><ChecksumSHA256>c</ChecksumSHA256></CopyPartResult>
                """, ["x-amz-copy-source-version-id": "v"]))
        #expect(part.eTag == "9b2cf535f27731c974343645a3985328")
        #expect(part.checksum == ObjectChecksum(algorithm: "SHA256", value: "c"))
        #expect(part.sourceVersionId == "v")
        let done = try CompleteMultipartUploadRequest(destination: Self.object, uploadId: "u", parts: []).output(
            of: Self.reply(
                """
                \n\n   \(Self.header)<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
                <Location>http://b.s3.us-east-1.amazonaws.com/k</Location><Bucket>b</Bucket><Key>k</Key>
                <ETag>"3858f62230ac3c915f300c664312c11f-9"</ETag></CompleteMultipartUploadResult>
                """, ["x-amz-version-id": "v"]))
        #expect(done.eTag == "3858f62230ac3c915f300c664312c11f-9")
        #expect(done.versionId == "v")
    }

    @Test func readsParts() throws {
        let page = try ListPartsRequest(Self.object, uploadId: "u").output(
            of: Self.reply(
                """
                <ListPartsResult><PartNumberMarker>1</PartNumberMarker><NextPartNumberMarker>3</NextPartNumberMarker>
                <MaxParts>2</MaxParts><IsTruncated>true</IsTruncated>
                <Part><PartNumber>2</PartNumber><LastModified>2010-11-10T20:48:34.000Z</LastModified>
                <ETag>"7778aef83f66abc1fa1e8477f296d394"</ETag><Size>10485760</Size></Part>
                <Part><PartNumber>3</PartNumber><ETag>"aaaa18db4cc2f85cedef654fccc4a4x8"</ETag><Size>5368709120</Size>
                <ChecksumCRC32>c</ChecksumCRC32></Part></ListPartsResult>
                """))
        #expect(page.next == 3)
        #expect(page.elements.map(\.partNumber) == [2, 3])
        #expect(page.elements.map(\.size) == [10_485_760, 5_368_709_120])
        #expect(page.elements[0].lastModified == 1_289_422_114)
        #expect(page.elements[1].checksum == ObjectChecksum(algorithm: "CRC32", value: "c"))
    }

    @Test func readsObjects() throws {
        let page = try ListObjectsV2Request(bucket: "b").output(
            of: Self.reply(
                """
                <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType>
                <IsTruncated>true</IsTruncated><NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=\
                </NextContinuationToken>
                <Contents><Key>a+b%2Bc/%C3%A9%01</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified>
                <ETag>&quot;fba9dede5f27731c9771645a39863328&quot;</ETag><Size>434234</Size>
                <StorageClass>STANDARD</StorageClass><ChecksumAlgorithm>CRC32</ChecksumAlgorithm></Contents>
                <Contents><Key>plain</Key><Size>0</Size></Contents></ListBucketResult>
                """))
        #expect(page.next == "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=")
        #expect(page.elements.map(\.key) == ["a b+c/é\u{1}", "plain"])
        #expect(page.elements[0].lastModified == 1_255_369_830)
        #expect(page.elements[0].checksumAlgorithm == "CRC32")
        #expect(page.elements[1].eTag == nil)
        let raw = try ListObjectsV2Request(bucket: "b").output(
            of: Self.reply("<ListBucketResult><Contents><Key>a+b%20</Key><Size>1</Size></Contents></ListBucketResult>"))
        #expect(raw.elements.map(\.key) == ["a+b%20"], "a store that does not encode is taken at its word")
        #expect(raw.next == nil)
    }

    @Test func readsVersionsInTheirOrder() throws {
        let page = try ListObjectVersionsRequest(bucket: "b").output(
            of: Self.reply(
                """
                <ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
                <NextKeyMarker>k%2F2</NextKeyMarker><NextVersionIdMarker>n</NextVersionIdMarker>
                <Version><Key>k1</Key><VersionId>null</VersionId><IsLatest>false</IsLatest><Size>1</Size>
                <ETag>"e"</ETag></Version>
                <DeleteMarker><Key>k2</Key><VersionId>d</VersionId><IsLatest>true</IsLatest></DeleteMarker>
                <Version><Key>k2</Key><VersionId>v</VersionId><IsLatest>false</IsLatest><Size>2</Size></Version>
                </ListVersionsResult>
                """))
        #expect(page.next == VersionMarker(key: "k/2", versionId: "n"))
        #expect(page.elements.map(\.versionId) == ["null", "d", "v"])
        #expect(page.elements.map(\.isDeleteMarker) == [false, true, false])
        #expect(page.elements.map(\.isLatest) == [false, true, false])
        #expect(page.elements.map(\.size) == [1, 0, 2])
    }

    @Test func readsUploads() throws {
        let page = try ListMultipartUploadsRequest(bucket: "b").output(
            of: Self.reply(
                """
                <ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
                <Upload><Key>my+divisor</Key><UploadId>u1</UploadId><Initiator><ID>arn:aws:iam::1:user/u</ID></Initiator>
                <StorageClass>STANDARD</StorageClass><Initiated>2010-11-10T20:48:33.000Z</Initiated></Upload>
                </ListMultipartUploadsResult>
                """))
        #expect(page.next == UploadMarker(key: "my divisor", uploadId: "u1"), "some stores say no marker")
        #expect(page.elements[0].initiated == 1_289_422_113)
        #expect(page.elements[0].initiatorId == "arn:aws:iam::1:user/u")
    }

    @Test func readsAttributes() throws {
        let (output, next) = try GetObjectAttributesRequest(Self.object).output(
            of: Self.reply(
                """
                <GetObjectAttributesResponse><ETag>e-2</ETag><Checksum><ChecksumSHA256>c-2</ChecksumSHA256>
                <ChecksumType>COMPOSITE</ChecksumType></Checksum><ObjectParts><TotalPartsCount>2</TotalPartsCount>
                <IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>
                <Part><PartNumber>1</PartNumber><Size>5</Size><ChecksumSHA256>p</ChecksumSHA256></Part></ObjectParts>
                <StorageClass>STANDARD</StorageClass><ObjectSize>10</ObjectSize></GetObjectAttributesResponse>
                """, ["x-amz-version-id": "v"]))
        #expect(next == 1)
        #expect(output.eTag == "e-2")
        #expect(output.objectSize == 10)
        #expect(output.totalPartsCount == 2)
        #expect(output.checksum == ObjectChecksum(algorithm: "SHA256", value: "c-2", type: "COMPOSITE"))
        #expect(
            output.objectParts == [
                .init(number: 1, size: 5, checksum: ObjectChecksum(algorithm: "SHA256", value: "p"))
            ])
        #expect(output.versionId == "v")
    }

    @Test func readsTagsAndGrants() throws {
        let tags = try GetObjectTagging(request: ObjectTaggingRequest(Self.object)).output(
            of: Self.reply(
                "<Tagging><TagSet><Tag><Key>a&amp;</Key><Value/></Tag><Tag><Key>b</Key><Value>é</Value></Tag></TagSet></Tagging>"
            ))
        #expect(tags == [Tag(key: "a&", value: ""), Tag(key: "b", value: "é")])
        let policy = try GetObjectAclRequest(Self.object).output(
            of: Self.reply(
                """
                <AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList>
                <Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>u</ID>
                <DisplayName>d</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant>
                <Grant><Grantee><URI>g</URI></Grantee><Permission>READ_ACP</Permission></Grant>
                <Grant><Grantee><URI>h</URI></Grantee><Permission>READ_ACP</Permission></Grant>
                </AccessControlList></AccessControlPolicy>
                """))
        #expect(policy.ownerId == "o")
        #expect(
            policy.grants == [
                Grant(grantee: .user(id: "u"), permission: "FULL_CONTROL"),
                Grant(grantee: .group(uri: "g"), permission: "READ_ACP"),
                Grant(grantee: .group(uri: "h"), permission: "READ_ACP"),
            ])
        #expect(policy.grantHeaders == ["full-control": "id=\"u\"", "read-acp": "uri=\"g\", uri=\"h\""])
    }

    @Test func readsWhatBecameOfEachDelete() throws {
        let output = try DeleteObjectsRequest(bucket: "b", objects: []).output(
            of: Self.reply(
                """
                <DeleteResult><Deleted><Key>a</Key><DeleteMarker>true</DeleteMarker>
                <DeleteMarkerVersionId>m</DeleteMarkerVersionId></Deleted>
                <Error><Key>b</Key><VersionId>v</VersionId><Code>AccessDenied</Code><Message>no</Message></Error>
                </DeleteResult>
                """))
        #expect(output.deleted == [.init(key: "a", isDeleteMarker: true, deleteMarkerVersionId: "m")])
        #expect(output.failed == [.init(key: "b", versionId: "v", code: "AccessDenied", message: "no")])
    }
}
