import HTTPTransport
import Testing

@testable import S3

/// Replies that no S3 sends end in an error, never in a trap, a hang or a wrong value.
@Suite struct HostileReplyTests {
    struct Reader: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var read: @Sendable (HTTPCollectedResponse) throws -> Void

        init<Operation: S3Operation>(_ operation: Operation) {
            testDescription = Operation.name
            read = { _ = try operation.output(of: $0) }
        }
    }

    static let object = ReplyTests.object
    static let readers = [
        Reader(CopyObjectRequest(source: CopySource(object), destination: object)),
        Reader(
            UploadPartCopyRequest(source: CopySource(object), destination: object, uploadId: "u", partNumber: 1)),
        Reader(CreateMultipartUploadRequest(object)),
        Reader(CompleteMultipartUploadRequest(destination: object, uploadId: "u", parts: [])),
        Reader(ListPartsRequest(object, uploadId: "u")),
        Reader(ListMultipartUploadsRequest(bucket: "b")),
        Reader(ListObjectsV2Request(bucket: "b")),
        Reader(ListObjectVersionsRequest(bucket: "b")),
        Reader(GetObjectTagging(request: ObjectTaggingRequest(object))),
        Reader(GetObjectAclRequest(object)),
        Reader(GetObjectAttributesRequest(object)),
        Reader(DeleteObjectsRequest(bucket: "b", objects: [])),
    ]

    static let bodies: [(String, String)] = [
        ("nothing", ""),
        ("white space", " \n\t "),
        ("no XML", "OK"),
        ("HTML", "<html><body>It works!</body></html>"),
        ("another root", "<ListAllMyBucketsResult/>"),
        ("cut off", "<?xml version=\"1.0\"?><CopyObjectResult><ETag>\"e"),
        ("two roots", "<CopyObjectResult/><CopyObjectResult/>"),
        ("deep", String(repeating: "<a>", count: 100_000)),
        (
            "entities that grow",
            "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><CopyObjectResult>&b;</CopyObjectResult>"
        ),
        (
            "an external entity",
            "<!DOCTYPE a [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><CopyObjectResult>&a;</CopyObjectResult>"
        ),
        ("a control character", "<CopyObjectResult><ETag>\u{1}</ETag></CopyObjectResult>"),
    ]

    @Test(arguments: readers, bodies)
    func refuses(_ reader: Reader, _ body: (label: String, text: String)) {
        #expect(throws: MalformedReply.self, "\(body.label)") { try reader.read(ReplyTests.reply(body.text)) }
    }

    static let incomplete: [(reader: Int, body: String)] = [
        (0, "<CopyObjectResult/>"),
        (0, "<CopyObjectResult><ETag/></CopyObjectResult>"),
        (1, "<CopyPartResult><ETag>\"\"</ETag></CopyPartResult>"),
        (2, "<InitiateMultipartUploadResult><UploadId/></InitiateMultipartUploadResult>"),
        (3, "<CompleteMultipartUploadResult><Location>l</Location></CompleteMultipartUploadResult>"),
        (4, "<ListPartsResult><Part><PartNumber>1</PartNumber><ETag>e</ETag></Part></ListPartsResult>"),
        (
            4,
            "<ListPartsResult><Part><PartNumber>99999999999999999999</PartNumber><Size>1</Size></Part></ListPartsResult>"
        ),
        (4, "<ListPartsResult><Part><PartNumber>1</PartNumber><Size>1</Size></Part></ListPartsResult>"),
        (4, "<ListPartsResult><IsTruncated>true</IsTruncated></ListPartsResult>"),
        (5, "<ListMultipartUploadsResult><Upload><Key>k</Key></Upload></ListMultipartUploadsResult>"),
        (5, "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>"),
        (6, "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>"),
        (6, "<ListBucketResult><Contents><Key>k</Key><Size>many</Size></Contents></ListBucketResult>"),
        (6, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"),
        (
            6,
            "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%FF</Key><Size>1</Size></Contents></ListBucketResult>"
        ),
        (
            6,
            "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%2</Key><Size>1</Size></Contents></ListBucketResult>"
        ),
        (7, "<ListVersionsResult><Version><Key>k</Key><Size>1</Size></Version></ListVersionsResult>"),
        (7, "<ListVersionsResult><Version><Key>k</Key><VersionId>v</VersionId></Version></ListVersionsResult>"),
        (7, "<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>"),
        (8, "<Tagging><TagSet><Tag><Value>v</Value></Tag></TagSet></Tagging>"),
        (
            9,
            "<AccessControlPolicy><AccessControlList><Grant><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>"
        ),
        (
            10,
            "<GetObjectAttributesResponse><ObjectParts><IsTruncated>true</IsTruncated><NextPartNumberMarker>0</NextPartNumberMarker></ObjectParts></GetObjectAttributesResponse>"
        ),
        (11, "<DeleteResult><Deleted/></DeleteResult>"),
        (11, "<DeleteResult><Error><Key>k</Key></Error></DeleteResult>"),
    ]

    @Test(arguments: incomplete)
    func refusesAnIncomplete(_ reader: Int, _ body: String) {
        #expect(throws: MalformedReply.self) { try Self.readers[reader].read(ReplyTests.reply(body)) }
    }
}
