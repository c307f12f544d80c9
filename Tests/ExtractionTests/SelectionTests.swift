import Archives
import Manifests
import Testing

@testable import Extraction

@Suite struct SelectionTests {
    private static func member(_ key: String, named name: String? = nil) throws -> FoundMember {
        var entry = IndexEntry(bucket: "photos", key: key, size: 3, archive: "s3://a/x")
        entry.member = name
        return try FoundMember(entry)
    }

    private static func isWanted(_ member: FoundMember, by selection: Selection) -> Bool {
        if case .nothing = selection.match(member) { false } else { true }
    }

    @Test(
        arguments: [
            (["k"], [], true), (["photos/k"], [], true), (["name"], [], true), (["K"], [], false), ([], ["?"], true),
            ([], ["x*"], false), (["other"], ["photos/*"], true), ([], [], true),
        ] as [([String], [String], Bool)])
    func byKeyNameOrPattern(_ keys: [String], _ patterns: [String], _ isWanted: Bool) throws {
        let selection = Selection(keys: keys, globs: patterns.compactMap { Glob($0) })
        #expect(Self.isWanted(try Self.member("k", named: "name"), by: selection) == isWanted)
    }

    @Test func keysAreBytes() throws {
        let selection = Selection(keys: ["\u{E9}", "e\u{301}", "x"], globs: [])
        var found: Set<[UInt8]> = []
        for key in ["\u{E9}", "e\u{301}"] {
            if case .key(let asked) = selection.match(try Self.member(key)) { found.insert(asked) }
        }
        #expect(found.count == 2)
        #expect(selection.missing(found: found) == ["x"])
    }

    @Test(
        arguments: [
            ("0123456789abcdef0123456789ABCDEF", nil, "0123456789abcdef0123456789abcdef"),
            ("0123456789abcdef0123456789abcdef-2", nil, nil), ("0123456789abcdef0123456789abcdef", "ff", "ff"),
            ("opaque", nil, nil),
        ] as [(String, String?, String?)])
    func theMD5IsTheIndexsOrTheETag(_ eTag: String, _ known: String?, _ expected: String?) throws {
        var entry = IndexEntry(bucket: "b", key: "k", size: 3, archive: "s3://a/x")
        entry.eTag = eTag
        entry.md5 = known
        entry.location = MemberLocation(
            frameOffset: 0, frameLength: 3, encoding: .none, dataOffset: 0, dataLength: 3)
        #expect(try FoundMember(entry).md5 == expected)
    }

    /// The ETag of an object under KMS looks like an MD5 and is none.
    @Test func theETagOfAnObjectBesideItsArchiveProvesNothing() throws {
        var entry = IndexEntry(bucket: "b", key: "k", size: 3, archive: "s3://a/x")
        entry.eTag = "0123456789abcdef0123456789abcdef"
        #expect(try FoundMember(entry).md5 == nil)
        entry.md5 = "ff"
        #expect(try FoundMember(entry).md5 == "ff")
    }
}
