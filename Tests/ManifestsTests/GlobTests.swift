import Manifests
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("*.txt", "a.txt", true), ("*.txt", "d/a.txt", false), ("**.txt", "d/a.txt", true), ("d/**/a", "d/e/f/a", true),
        ("?", "é", true), ("?", "/", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[]]", "]", true),
        ("a\\*", "a*", true), ("a\\*", "ab", false), ("", "", true), ("*", "", true), ("a*b*c", "a1b2c", true),
        ("a*b*c", "a1b2", false), ("日*", "日本", true), ("e\u{301}", "é", false),
    ])
    func matches(_ pattern: String, _ text: String, _ isMatch: Bool) throws {
        #expect(try #require(Glob(pattern)).matches(text) == isMatch)
    }

    @Test(arguments: ["[", "[a", "[]", "[b-a]"])
    func isNone(_ pattern: String) { #expect(Glob(pattern) == nil) }

    @Test func aHostilePatternTakesNoLonger() throws {
        let glob = try #require(Glob(String(repeating: "*a", count: 200) + "b"))
        #expect(!glob.matches(String(repeating: "a", count: 1_000)))
    }
}
