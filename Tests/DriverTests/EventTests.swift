import Driver
import HTTPTransport
import Jobs
import S3
import Testing

@Suite struct EventTests {
    @Test func bothSchemasAreAnsweredInTheirOwnForm() async throws {
        let store = FakeStore()
        store.put("from", "a", FakeStore.head(1))
        let one = try await store.driver().answer(
            """
            {"invocationSchemaVersion":"1.0","invocationId":"YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo",
             "job":{"id":"f3cc4f60-61f6-4a2b-8a21-d07600c373ce"},"tasks":[{"taskId":"dGFza2lkZ29lc2hlcmUK",
             "s3Key":"a","s3VersionId":null,"s3BucketArn":"arn:aws:s3:::from"}]}
            """)
        #expect(one.invocationSchemaVersion == "1.0")
        #expect(one.invocationId == "YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo")
        #expect(one.treatMissingKeysAs == "PermanentFailure")
        let two = try await store.driver().answer(
            """
            {"invocationSchemaVersion":"2.0","invocationId":"i","job":{"id":"j","userArguments":{"verify":"deep"}},
             "tasks":[{"taskId":"t","s3Key":"a","s3VersionId":null,"s3Bucket":"from"}]}
            """)
        #expect(two.invocationSchemaVersion == "2.0")
        for answer in [one, two] {
            #expect(answer.results.map(\.resultCode) == ["Succeeded"])
            #expect(answer.results.map(\.resultString) == ["copied 1 bytes to s3://to/a, proven by etag"])
        }
        #expect(store.state.withLock { $0.settings.map(\.copy.verification) } == [.standard, .deep])
        #expect(store.state.withLock { $0.settings.map(\.run) } == ["f3cc4f60-61f6-4a2b-8a21-d07600c373ce", "j"])
    }

    @Test(arguments: [
        ("arn:aws:s3:::my-bucket", "my-bucket"), ("arn:aws-cn:s3:::my-bucket", "my-bucket"),
        ("arn:aws:s3:us-east-1:0123456788:my-bucket", "my-bucket"),
    ])
    func theBucketIsTheEndOfTheARN(_ arn: String, _ bucket: String) async throws {
        let store = FakeStore()
        store.put(bucket, "a", FakeStore.head(1))
        _ = try await store.driver().answer(
            """
            {"invocationSchemaVersion":"1.0","invocationId":"i","job":{"id":"j"},
             "tasks":[{"taskId":"t","s3Key":"a","s3VersionId":null,"s3BucketArn":"\(arn)"}]}
            """)
        #expect(store.state.withLock { $0.copied.map(\.source.bucket) } == [bucket])
    }

    @Test(arguments: [
        ("a+b", "a b"), ("a%2Bb", "a+b"), ("100%25", "100%"), ("a%2Cb", "a,b"), ("%22quoted%22", "\"quoted\""),
        ("back%5Cslash", "back\\slash"), ("%E6%97%A5%E6%9C%AC/%C3%BC", "日本/ü"), ("folder/", "folder/"),
        ("%2Fleading", "/leading"), ("a//b", "a//b"), ("..%2F..%2Fetc", "../../etc"), ("line%0Abreak", "line\nbreak"),
        (String(repeating: "k", count: 1024), String(repeating: "k", count: 1024)),
        ("%E6%97%A5" + String(repeating: "k", count: 1021), "日" + String(repeating: "k", count: 1021)),
    ])
    func keysAreDecodedAsS3EncodesThem(_ encoded: String, _ key: String) async throws {
        let store = FakeStore()
        store.put("from", key, FakeStore.head(1))
        let result = try await store.driver().result(key: encoded)
        #expect(result?.resultCode == "Succeeded")
        #expect(store.state.withLock { $0.copied.map(\.source.key) } == [key])
        #expect(store.state.withLock { $0.copied.map(\.destination.key) } == [key])
    }

    @Test func theVersionIsHonoured() async throws {
        let store = FakeStore()
        store.put("from", "a", version: "v1", FakeStore.head(1))
        store.put("from", "a", FakeStore.head(2))
        let result = try await store.driver().result(key: "a", version: "\"v1\"")
        #expect(result?.resultString == "copied 1 bytes to s3://to/a, proven by etag")
        #expect(store.state.withLock { $0.copied.map(\.source.versionId) } == ["v1"])
    }

    @Test func everyTaskHasItsResultInOrderAndFewAreUnderWayAtOnce() async throws {
        let store = FakeStore()
        for index in 0..<100 where !index.isMultiple(of: 3) { store.put("from", "k\(index)", FakeStore.head(1)) }
        let tasks = (0..<100).map { index in
            let key = index == 50 ? "%FF" : "k\(index)"
            return "{\"taskId\":\"t\(index)\",\"s3Key\":\"\(key)\",\"s3Bucket\":\"from\"}"
        }
        let answer = try await store.driver().answer(
            """
            {"invocationSchemaVersion":"2.0","invocationId":"i","job":{"id":"j"},
             "tasks":[\(tasks.joined(separator: ","))]}
            """)
        #expect(answer.results.map(\.taskId) == (0..<100).map { "t\($0)" })
        for (index, result) in answer.results.enumerated() {
            let isMissing = index.isMultiple(of: 3) || index == 50
            #expect(result.resultCode == (isMissing ? "PermanentFailure" : "Succeeded"), "task \(index)")
        }
        #expect(store.state.withLock { $0.mostAtOnce } <= 32, "16 tasks with two requests each")
    }

    @Test func userArgumentsGoBeforeTheEnvironment() async throws {
        let store = FakeStore()
        store.put("from", "a", FakeStore.head(1))
        let result = try await store.driver { $0.copy.storageClass = "STANDARD_IA" }.result(
            key: "a",
            userArguments:
                "{\"storageClass\":\"GLACIER_IR\",\"destinationBucket\":\"other\",\"destinationPrefix\":\"p/\"}")
        #expect(result?.resultString == "copied 1 bytes to s3://other/p/a, proven by etag")
        #expect(store.state.withLock { $0.settings.map(\.copy.storageClass) } == ["GLACIER_IR"])
    }

    @Test(arguments: [
        ("{\"storageClass\":\"COLD\"}", "storageClass"), ("{\"storageclass\":\"GLACIER\"}", "storageclass"),
        ("{\"acl\":\"private\",\"grantRead\":\"id=a\"}", "grantRead"), ("{\"run\":\"x\"}", "run"),
    ])
    func aWrongUserArgumentFailsTheTaskByName(_ arguments: String, _ name: String) async throws {
        let result = try await FakeStore().driver().result(key: "a", userArguments: arguments)
        #expect(result?.resultCode == "PermanentFailure")
        #expect(result?.resultString.contains("InvalidSetting") == true)
        #expect(result?.resultString.contains(name) == true)
    }
}
