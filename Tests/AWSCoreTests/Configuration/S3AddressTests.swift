import Testing

@testable import AWSCore

@Suite struct S3AddressTests {
    static let aws = Endpoint(scheme: "https", authority: "s3.eu-west-1.amazonaws.com", isCustom: false)
    static let local = Endpoint(scheme: "http", authority: "localhost:9000", basePath: "/s3", isCustom: true)

    struct Row: CustomTestStringConvertible, Sendable {
        var label: String
        var endpoint = aws
        var bucket: String
        var key: String? = "k"
        var style = S3AddressingStyle.auto
        var authority: String
        var path: String
        var testDescription: String { label }
    }

    @Test(arguments: [
        Row(label: "host", bucket: "abc", authority: "abc.s3.eu-west-1.amazonaws.com", path: "/k"),
        Row(label: "bucket alone", bucket: "abc", key: nil, authority: "abc.s3.eu-west-1.amazonaws.com", path: "/"),
        Row(label: "dots under https", bucket: "a.b.c", authority: "s3.eu-west-1.amazonaws.com", path: "/a.b.c/k"),
        Row(
            label: "dots asked for", bucket: "a.b.c", style: .virtual, authority: "a.b.c.s3.eu-west-1.amazonaws.com",
            path: "/k"),
        Row(label: "old name", bucket: "My_Bucket", authority: "s3.eu-west-1.amazonaws.com", path: "/My_Bucket/k"),
        Row(label: "two letters", bucket: "ab", authority: "s3.eu-west-1.amazonaws.com", path: "/ab/k"),
        Row(label: "hyphen at the end", bucket: "abc-", authority: "s3.eu-west-1.amazonaws.com", path: "/abc-/k"),
        Row(
            label: "path asked for", bucket: "abc", key: nil, style: .path, authority: "s3.eu-west-1.amazonaws.com",
            path: "/abc"),
        Row(label: "custom endpoint", endpoint: local, bucket: "abc", authority: "localhost:9000", path: "/abc/k"),
        Row(
            label: "host on a custom endpoint", endpoint: local, bucket: "a.b.c", style: .virtual,
            authority: "a.b.c.localhost:9000", path: "/k"),
        Row(
            label: "host before an IP address",
            endpoint: Endpoint(scheme: "http", authority: "127.0.0.1:9000", isCustom: true), bucket: "abc",
            style: .virtual, authority: "127.0.0.1:9000", path: "/abc/k"),
        Row(
            label: "bucket that is an IP address", endpoint: local, bucket: "10.0.0.1", style: .virtual,
            authority: "localhost:9000", path: "/10.0.0.1/k"),
        Row(
            label: "odd key", bucket: "abc", key: "/a b/../+%é~!'()*?#&=:@\"\\",
            authority: "abc.s3.eu-west-1.amazonaws.com",
            path: "//a%20b/../%2B%25%C3%A9~%21%27%28%29%2A%3F%23%26%3D%3A%40%22%5C"),
        Row(
            label: "folder marker", endpoint: local, bucket: "abc", key: "a//b/", authority: "localhost:9000",
            path: "/abc/a//b/"),
    ])
    func address(_ row: Row) throws {
        let address = try row.endpoint.s3Address(bucket: row.bucket, key: row.key, style: row.style)
        #expect(address.endpoint.authority == row.authority)
        #expect(address.endpoint.basePath == row.endpoint.basePath)
        #expect(address.path == row.path)
    }

    @Test(arguments: [
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/mine", "access point ARNs are not supported"),
        ("fast--euw1-az1--x-s3", "directory buckets (S3 Express One Zone) are not supported"),
        ("", "is not the name of a bucket"), ("..", "is not the name of a bucket"),
        ("a/b", "is not the name of a bucket"), ("a b", "is not the name of a bucket"),
        ("é", "is not the name of a bucket"),
    ])
    func noBucket(_ bucket: String, message: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try Self.local.s3Address(bucket: bucket) }
        #expect(error.description.contains(message))
    }
}
