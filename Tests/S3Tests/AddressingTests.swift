import AWSCore
import HTTPTransport
import Testing

@testable import S3

/// Where requests go, how long they may take and how they are signed.
@Suite struct AddressingTests {
    @Test(arguments: [
        ("plain", "a", "a"),
        ("slashes stay where they are", "/a//b/", "/a//b/"),
        ("dots are a name like any other", "a/../b/./c", "a/../b/./c"),
        ("space and plus differ", "a b+c", "a%20b%2Bc"),
        ("percent", "100%25", "100%2525"),
        ("what queries are made of", "a?b&c=d#e;f:g@h,i", "a%3Fb%26c%3Dd%23e%3Bf%3Ag%40h%2Ci"),
        ("quotes and brackets", "\"'\\<>{}|^`[]", "%22%27%5C%3C%3E%7B%7D%7C%5E%60%5B%5D"),
        ("RFC 3986's other marks", "!*()$~-._", "%21%2A%28%29%24~-._"),
        ("control characters", "\u{0}\u{1}\t\r\n\u{7F}", "%00%01%09%0D%0A%7F"),
        ("UTF-8", "é😀", "%C3%A9%F0%9F%98%80"),
    ])
    func encodesKeys(label: String, key: String, path: String) throws {
        let object = ObjectReference(bucket: "bucket", key: key)
        #expect(try HeadObjectRequest(object).request(to: RequestTests.store).path == "/bucket/\(path)")
        let request = try HeadObjectRequest(object).request(to: RequestTests.aws)
        #expect(request.path == "/\(path)")
        #expect(request.endpoint.authority == "bucket.s3.eu-west-1.amazonaws.com")
        var headers = HTTPHeaders()
        headers.set(CopySource(object))
        #expect(headers["x-amz-copy-source"] == "bucket/\(path)")
    }

    @Test func putsABucketWithDotsIntoThePath() throws {
        let request = try HeadBucketRequest("my.bucket").request(to: RequestTests.aws)
        #expect(request.endpoint.authority == "s3.eu-west-1.amazonaws.com")
        #expect(request.path == "/my.bucket")
    }

    @Test func signsBodiesInMemoryOnly() throws {
        let object = RequestTests.object
        let stream = HTTPBody.stream(length: 1) { nil }
        #expect(
            try PutObjectRequest(object, body: .bytes([1])).request(to: RequestTests.aws).payload == .signed)
        #expect(try PutObjectRequest(object, body: stream).request(to: RequestTests.aws).payload == .unsigned)
    }

    @Test func waitsLongWhereS3Works() throws {
        let (source, object) = (CopySource(RequestTests.object), RequestTests.object)
        let requests = [
            try CopyObjectRequest(source: source, destination: object).request(to: RequestTests.aws),
            try UploadPartCopyRequest(source: source, destination: object, uploadId: "u", partNumber: 1)
                .request(to: RequestTests.aws),
            try CompleteMultipartUploadRequest(destination: object, uploadId: "u", parts: [])
                .request(to: RequestTests.aws),
        ]
        for request in requests {
            #expect(request.deadlines.idle == .seconds(900), "\(request.operation)")
            #expect(request.deadlines.total == nil)
        }
        #expect(try HeadObjectRequest(object).request(to: RequestTests.aws).deadlines == HTTPDeadlines())
    }

    @Test(arguments: ["a\u{0}", "\u{1B}", "\u{FFFE}", "\u{FFFF}"])
    func refusesWhatXMLCannotSay(text: String) {
        #expect(throws: ConfigurationError.self) {
            try PutObjectTaggingRequest(RequestTests.object, tags: [Tag(key: "k", value: text)])
                .request(to: RequestTests.store)
        }
        #expect(XMLText.escaped(text) == nil)
    }

    @Test func keysAreBytes() {
        let composed = ObjectReference(bucket: "b", key: "\u{E9}")
        let decomposed = ObjectReference(bucket: "b", key: "e\u{301}")
        #expect(composed.key == decomposed.key)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(VersionMarker(key: composed.key) != VersionMarker(key: decomposed.key))
    }

    @Test func descriptionsAreOneLine() {
        #expect(
            ObjectReference(bucket: "b", key: "a\nb\u{1}", versionId: "v").description
                == "s3://b/a\\nb\\u{01}?versionId=v")
    }
}
