import S3
import Testing

@testable import Commands

@Suite struct PointInTimeTests {
    /// A version of a test: `key@time`, with an `x` behind it for a delete marker.
    private func version(_ text: String) -> ListedVersion {
        let isMarker = text.hasSuffix("x")
        let parts = (isMarker ? text.dropLast() : text[...]).split(separator: "@")
        var version = ListedVersion(
            key: String(parts[0]), versionId: text, isLatest: false, isDeleteMarker: isMarker)
        version.lastModified = Int64(parts[1])
        return version
    }

    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var versions: String
        var moment: Int64
        var chosen: [String]
        var deleted: Int64
        init(_ name: String, _ versions: String, at moment: Int64, _ chosen: [String], deleted: Int64 = 0) {
            testDescription = name
            self.versions = versions
            self.moment = moment
            self.chosen = chosen
            self.deleted = deleted
        }
    }

    @Test(arguments: [
        Case("nothing", "", at: 5, []),
        Case("the newest now", "a@3 a@2 a@1", at: .max, ["a@3"]),
        Case("the newest then", "a@3 a@2 a@1", at: 2, ["a@2"]),
        Case("between two", "a@9 a@1", at: 5, ["a@1"]),
        Case("before all", "a@9 a@6 b@1", at: 5, ["b@1"]),
        Case("deleted then", "a@9 a@4x a@1", at: 5, [], deleted: 1),
        Case("deleted since", "a@9x a@1", at: 5, ["a@1"]),
        Case("made again", "a@9 a@4x a@1", at: 9, ["a@9"]),
        Case("several keys", "a@1 b@2x c@3", at: 5, ["a@1", "c@3"], deleted: 1),
        Case("two in one second", "a@3x a@3 a@2", at: 3, [], deleted: 1),
        Case("markers behind versions", "a@1 a@4x", at: 5, [], deleted: 1),
        Case("keys that look alike", "e\u{301}@1 é@2", at: 5, ["e\u{301}@1", "é@2"]),
    ])
    func picks(_ wanted: Case) {
        var choice = PointInTime(at: wanted.moment)
        var chosen = wanted.versions.split(separator: " ").compactMap { choice.take(version(String($0))) }
        if let last = choice.finish() { chosen.append(last) }
        #expect(chosen.map(\.versionId).map { Array($0.utf8) } == wanted.chosen.map { Array($0.utf8) })
        #expect(choice.deleted == wanted.deleted)
    }
}
