import AWSCore
import HTTPTransport
import S3
import Testing

/// Listings over pages on real servers.
@Suite struct ListingTests {
    static let names = ["a", "a b", "a+b", "b%2Fc", "d/e", "d/é", "z\nz"]

    @Test(arguments: [1, 2, 3, 1000])
    func listsEveryObjectOnce(pageSize: Int) async throws {
        let s3 = try Stack.s3()
        let prefix = Stack.prefix()
        let bucket = try Stack.bucket()
        for name in Self.names { try await s3.store(Array(name.utf8), at: .init(bucket: bucket, key: prefix + name)) }
        var request = ListObjectsV2Request(bucket: bucket, prefix: prefix)
        request.pageSize = pageSize
        let listed = try await s3.listObjectsV2(request).all()
        #expect(Set(listed.map { $0.key.dropFirst(prefix.count) }) == Set(Self.names.map { $0[...] }))
        #expect(listed.count == Self.names.count)
        #expect(listed.allSatisfy { Int($0.size) == $0.key.utf8.count - prefix.utf8.count })
        #expect(listed.allSatisfy { $0.eTag?.utf8.count == 32 && ($0.lastModified ?? 0) > 1_700_000_000 })
        request.startAfter = prefix + "d/e"
        #expect(try await s3.listObjectsV2(request).all().map { $0.key.dropFirst(prefix.count) } == ["d/é", "z\nz"])
    }

    @Test(arguments: [1, 2, 1000])
    func listsEveryVersionOnce(pageSize: Int) async throws {
        let s3 = try Stack.s3()
        let bucket = try Stack.variable("S3HAUL_TEST_VERSIONED_BUCKET")
        let prefix = Stack.prefix()
        var expected: [ListedVersion] = []
        for name in ["a b", "c"] {
            let object = ObjectReference(bucket: bucket, key: prefix + name)
            var versions: [ListedVersion] = []
            for size in 1...2 {
                let stored = try await s3.store([UInt8](repeating: 0, count: size), at: object)
                var version = ListedVersion(
                    key: object.key, versionId: try #require(stored.versionId), isLatest: name == "c" && size == 2,
                    isDeleteMarker: false)
                version.size = Int64(size)
                versions.insert(version, at: 0)
            }
            if name == "a b" {
                let deleted = try await s3.deleteObject(DeleteObjectRequest(object))
                #expect(deleted.isDeleteMarker)
                versions.insert(
                    ListedVersion(
                        key: object.key, versionId: try #require(deleted.versionId), isLatest: true,
                        isDeleteMarker: true), at: 0)
            }
            expected += versions
        }
        var request = ListObjectVersionsRequest(bucket: bucket, prefix: prefix)
        request.pageSize = pageSize
        let listed = try await s3.listObjectVersions(request).all()
        #expect(listed.map(\.key) == expected.map(\.key))
        #expect(listed.map(\.versionId) == expected.map(\.versionId))
        #expect(listed.map(\.isLatest) == expected.map(\.isLatest))
        #expect(listed.map(\.isDeleteMarker) == expected.map(\.isDeleteMarker))
        #expect(listed.map(\.size) == expected.map(\.size))
    }

    @Test func readsCopiesAndDeletesOneVersion() async throws {
        let s3 = try Stack.s3()
        let bucket = try Stack.variable("S3HAUL_TEST_VERSIONED_BUCKET")
        let prefix = Stack.prefix()
        var old = ObjectReference(bucket: bucket, key: prefix + "o")
        old.versionId = try await s3.store([1], at: old).versionId
        try await s3.store([2], at: old)
        #expect(try await s3.read(old) == [1])
        #expect(try await s3.headObject(HeadObjectRequest(old)).versionId == old.versionId)
        let copy = ObjectReference(bucket: bucket, key: prefix + "copy")
        let copied = try await s3.copyObject(CopyObjectRequest(source: CopySource(old), destination: copy))
        #expect(copied.versionId != nil)
        #expect(try await s3.read(copy) == [1])
        _ = try await s3.deleteObject(DeleteObjectRequest(old))
        let gone = await #expect(throws: AWSError.self) { try await s3.getObject(GetObjectRequest(old)) }
        #expect(gone?.status == 404)
        #expect(try await s3.read(ObjectReference(bucket: bucket, key: old.key)) == [2])
    }
}
