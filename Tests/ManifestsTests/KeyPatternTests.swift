import Manifests
import Testing

@Suite struct KeyPatternTests {
    @Test(arguments: [
        ("*", "", true), ("*", "a/b", true), ("*.dng", "raw/a.dng", true), ("*.dng", "raw/a.dng.txt", false),
        ("raw/?", "raw/é", true), ("raw/?", "raw/", false), ("a*b*c", "a1b2b3c", true), ("a*b*c", "a1c2b", false),
        ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[^a-c]x", "dx", true), ("[]]", "]", true),
        ("[-a]", "-", true), ("[z-a]", "m", true), ("\\*", "*", true), ("\\*", "a", false), ("a[", "a[", true),
        ("a\\", "a\\", true), ("", "", true), ("", "a", false), ("**/x", "a/b/x", true),
    ])
    func fits(_ pattern: String, _ key: String, _ fits: Bool) {
        #expect(KeyPattern(pattern).matches(Array(key.utf8)) == fits)
    }

    @Test func aHostilePatternEnds() {
        let pattern = KeyPattern(String(repeating: "a*", count: 400) + "b")
        #expect(!pattern.matches(Array(repeating: UInt8(ascii: "a"), count: 1_024)))
    }
}
