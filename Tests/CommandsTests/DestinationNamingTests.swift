import S3
import Testing

@testable import Commands

@Suite struct DestinationNamingTests {
    @Test(arguments: [
        ("a/b.txt", "x.txt", "x.txt"), ("a/b.txt", "", "b.txt"), ("a/b.txt", "x/", "x/b.txt"),
        ("b.txt", "x/", "x/b.txt"), ("a/dir/", "x/", "x/"), ("a/dir/", "", "a/dir/"), ("a//", "y", "y"),
        ("/lead", "x/", "x/lead"), ("ü/é b", "", "é b"),
    ])
    func namesOneObject(_ source: String, _ destination: String, _ key: String) {
        let source = ObjectReference(bucket: "s", key: source, versionId: "v")
        let naming = DestinationNaming(of: source, to: ObjectPrefix(bucket: "d", prefix: destination))
        #expect(naming.destination(of: source) == ObjectReference(bucket: "d", key: key))
    }

    @Test(arguments: [
        ("", "a/b", "", "a/b"), ("", "/a", "x/", "x//a"), ("p/", "p/a/b", "", "a/b"), ("p/", "p/a/b", "x/", "x/a/b"),
        ("p/", "p/a", "x", "x/a"), ("p/", "p/", "x/", "x/"), ("p", "p/a", "x/", "x/p/a"), ("p", "pq", "x/", "x/pq"),
        ("logs/2026-", "logs/2026-01/a", "x", "x/2026-01/a"), ("é/", "é/a", "x", "x/a"),
    ])
    func namesObjectsUnderAPrefix(_ prefix: String, _ key: String, _ destination: String, _ copied: String) {
        let naming = DestinationNaming(
            under: ObjectPrefix(bucket: "s", prefix: prefix), to: ObjectPrefix(bucket: "d", prefix: destination))
        #expect(naming.destination(of: ObjectReference(bucket: "s", key: key)).key == copied)
    }

    @Test(arguments: [("", "a/b"), ("x", "x/a/b"), ("x/", "x/a/b")])
    func namesObjectsOfAManifest(_ destination: String, _ copied: String) {
        let naming = DestinationNaming(below: ObjectPrefix(bucket: "d", prefix: destination))
        #expect(naming.destination(of: ObjectReference(bucket: "s", key: "a/b")).key == copied)
    }

    @Test(arguments: [
        ("b", "", "b", "copy/", true), ("b", "p/", "b", "p/", true), ("b", "p/", "b", "p/x/", true),
        ("b", "p", "b", "pq/", true), ("b", "p/", "b", "q/", false), ("b", "p/", "c", "p/", false),
    ])
    func seesThatCopiesWouldBeCopied(
        _ bucket: String, _ prefix: String, _ toBucket: String, _ toPrefix: String, _ feeds: Bool
    ) {
        let source = ObjectPrefix(bucket: bucket, prefix: prefix)
        let naming = DestinationNaming(under: source, to: ObjectPrefix(bucket: toBucket, prefix: toPrefix))
        #expect(naming.feedsItself(source) == feeds)
    }
}
