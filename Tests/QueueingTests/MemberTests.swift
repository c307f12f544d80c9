import Manifests
import Testing

@testable import Queueing

@Suite struct MemberTests {
    static func digest(_ key: String, bucket: String = "b", version: String? = nil, eTag: String? = nil) -> MemberDigest
    {
        var row = ManifestRow(bucket: bucket, key: key, versionId: version)
        row.eTag = eTag
        return MemberDigest(row)
    }

    @Test func versionsAndWhatReplacedAnObjectAreOtherMembers() {
        let all = [
            Self.digest("k"), Self.digest("k", version: "1"), Self.digest("k", version: "2"),
            Self.digest("k", eTag: "1"), Self.digest("k", bucket: "c"), Self.digest("e\u{301}"), Self.digest("\u{E9}"),
            Self.digest("k1", version: ""), Self.digest("k", version: "1", eTag: "1"),
        ]
        #expect(Set(all).count == all.count)
        #expect(Self.digest("k", version: "1") == Self.digest("k", version: "1"))
    }

    @Test func aDigestIsReadAsItWasWritten() {
        let digest = Self.digest("k")
        #expect(digest.bytes.count == MemberDigest.size)
        #expect(MemberDigest(digest.bytes) == digest)
    }

    @Test func theTableFindsEveryMemberInEveryClaimThatHasIt() {
        var table = MemberTable()
        let members = (0..<20_000).map { Self.digest("key \($0)") }
        for (number, member) in members.enumerated() { table.insert(member, claim: 1 + number / 1000) }
        for member in members.prefix(100) { table.insert(member, claim: MemberTable.claimLimit) }
        #expect(table.count == 20_100)
        for (number, member) in members.enumerated() {
            let claims = table.claims(of: member)
            #expect(claims == (number < 100 ? [1, MemberTable.claimLimit] : [1 + number / 1000]))
        }
        #expect((0..<20_000).allSatisfy { table.claims(of: Self.digest("other \($0)")).isEmpty })
    }

    @Test func whatSharesABeginningIsToldApartByItsClaim() {
        var table = MemberTable()
        let one = MemberDigest([UInt8](repeating: 7, count: 5) + [UInt8](repeating: 1, count: 11))
        let other = MemberDigest([UInt8](repeating: 7, count: 5) + [UInt8](repeating: 2, count: 11))
        table.insert(one, claim: 3)
        #expect(table.claims(of: other) == [3], "the table names it, and the claim itself settles it")
        table.insert(other, claim: 4)
        #expect(table.claims(of: one) == [3, 4])
    }
}
