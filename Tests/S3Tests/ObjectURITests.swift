import S3
import Testing

@Suite struct ObjectURITests {
    @Test(
        arguments: [
            ("s3://b/k", "b", "k", nil),
            ("s3://b/a/b//c/", "b", "a/b//c/", nil),
            ("s3://b//k", "b", "/k", nil),
            ("s3://b/k?versionId=3HL4.kq_-x", "b", "k", "3HL4.kq_-x"),
            ("s3://b/k?versionId=null", "b", "k", "null"),
            ("s3://b/what?", "b", "what?", nil),
            ("s3://b/a?b=c", "b", "a?b=c", nil),
            ("s3://b/a?versionId=1 2", "b", "a?versionId=1 2", nil),
            ("s3://b/a?versionId=1?versionId=2", "b", "a?versionId=1", "2"),
            ("s3://b/a?versionId=1?versionId=", "b", "a?versionId=1", nil),
            ("s3://b/100%+ü \n#", "b", "100%+ü \n#", nil),
        ] as [(String, String, String, String?)])
    func readsObjects(_ uri: String, _ bucket: String, _ key: String, _ version: String?) throws {
        let object = ObjectReference(bucket: bucket, key: key, versionId: version)
        #expect(try ObjectReference(uri: uri) == object)
        #expect(try ObjectReference(uri: object.uri) == object)
    }

    @Test(arguments: [
        "", "b/k", "s3:/b/k", "S3://b/k", "s3://", "s3:///k", "s3://b", "s3://b/", "s3://b/?versionId=1", "http://b/k",
    ])
    func refusesWhatNamesNoObject(_ uri: String) throws {
        let error = #expect(throws: ObjectURIError.self) { try ObjectReference(uri: uri) }
        #expect(try #require(error).description.hasSuffix("as in s3://bucket/key"))
    }

    @Test(arguments: [("s3://b", ""), ("s3://b/", ""), ("s3://b/a/b", "a/b"), ("s3://b//", "/")])
    func readsPrefixes(_ uri: String, _ prefix: String) throws {
        #expect(try ObjectPrefix(uri: uri) == ObjectPrefix(bucket: "b", prefix: prefix))
        #expect(try ObjectPrefix(uri: ObjectPrefix(bucket: "b", prefix: prefix).uri).prefix == prefix)
    }
}
