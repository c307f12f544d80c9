import Archives
import Testing

@Suite struct ExtractionPathTests {
    static let table: [(name: String, components: [String]?)] = [
        ("a", ["a"]), ("a/b/c", ["a", "b", "c"]), ("./a", ["a"]), ("a/./b", ["a", "b"]), ("a/", ["a"]),
        ("a//b", ["a", "b"]), ("./", []), (".", []), ("...", ["..."]), ("a..b/..c", ["a..b", "..c"]),
        ("%2E%2E", ["%2E%2E"]),
        ("back\\slash", ["back\\slash"]), (String(repeating: "x", count: 255), [String(repeating: "x", count: 255)]),
        ("", nil), ("/", nil), ("/etc/passwd", nil), ("..", nil), ("../x", nil), ("a/../b", nil), ("a/..", nil),
        ("./../x", nil), ("nul\0", nil), (String(repeating: "x", count: 256), nil),
    ]

    @Test(arguments: table)
    func staysBelowTheTarget(_ row: (name: String, components: [String]?)) {
        #expect((try? ExtractionPath.components(of: row.name)) == row.components)
    }
}
