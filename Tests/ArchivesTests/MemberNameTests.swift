import TestSupport
import Testing

@testable import Archives

@Suite struct MemberNameTests {
    /// Keys and the names of files that they become when nothing collides.
    static let table: [(key: String, name: String)] = [
        ("plain.txt", "plain.txt"),
        ("dir/plain.txt", "dir/plain.txt"),
        ("spaces and ünïcode 日本", "spaces and ünïcode 日本"),
        ("100%", "100%"),
        ("50%off", "50%off"),
        ("%4", "%4"),
        ("%4a", "%4a"),
        ("%41", "%2541"),
        ("a%2Fb", "a%252Fb"),
        ("%~", "%25~"),
        ("%+", "%25+"),
        ("%%41", "%%2541"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("...", "..."),
        (".hidden", ".hidden"),
        ("../../etc/passwd", "%2E%2E/%2E%2E/etc/passwd"),
        ("a/./b", "a/%2E/b"),
        ("/absolute", "%2Fabsolute"),
        ("//twice", "%2F%2Ftwice"),
        ("/", "%2F"),
        ("folder/", "folder%2F"),
        ("folder//", "folder/%2F"),
        ("a//b", "a/%2Fb"),
        ("a///b", "a/%2F%2Fb"),
        ("../", "..%2F"),
        ("line\nbreak", "line%0Abreak"),
        ("nul\0", "nul%00"),
        ("delete\u{7F}", "delete%7F"),
        ("next\u{85}line", "next%C2%85line"),
        ("back\\slash", "back%5Cslash"),
        ("C:\\x", "C%3A%5Cx"),
        ("c:/x", "c%3A/x"),
        ("ab:c", "ab:c"),
        ("1:2", "1:2"),
        ("é", "é"),
        ("e\u{301}", "e%CC%81"),
        ("a\u{328}\u{301}", "a%CC%A8%CC%81"),
        ("\u{1112}\u{1161}\u{11AB} 한", "\u{1112}%E1%85%A1%E1%86%AB 한"),
        ("\u{BC6}\u{BBE} \u{B95}\u{BBE}", "\u{BC6}%E0%AE%BE \u{B95}\u{BBE}"),
        ("", "%~"),
        (String(repeating: "x", count: 255), String(repeating: "x", count: 255)),
        (
            String(repeating: "x", count: 256),
            String(repeating: "x", count: 200) + "%+/" + String(repeating: "x", count: 56)
        ),
        (
            "a" + String(repeating: "é", count: 150),
            "a" + String(repeating: "é", count: 99) + "%+/" + String(repeating: "é", count: 51)
        ),
    ]

    @Test(arguments: table)
    func namesKeysByTheRules(_ row: (key: String, name: String)) {
        var namer = MemberNamer()
        #expect(Array(namer.name(for: row.key).utf8) == Array(row.name.utf8))
        #expect(Array(MemberName.key(of: row.name).utf8) == Array(row.key.utf8))
    }

    /// Keys in one archive, in order, and their names.
    @Test(arguments: [
        (["a", "a/b", "a/c"], ["a", "a%~/b", "a%~/c"]),
        (["a/b", "a", "a/c"], ["a/b", "a%~", "a/c"]),
        (["a", "a", "a"], ["a", "a%~", "a%~2"]),
        (["a", "a/b", "a", "a/b"], ["a", "a%~/b", "a%~2", "a%~/b%~"]),
        (["a", "a%~"], ["a", "a%25~"]),
        (["x/y/z", "x/y", "x"], ["x/y/z", "x/y%~", "x%~"]),
        (["x", "x/y", "x/y/z"], ["x", "x%~/y", "x%~/y%~/z"]),
        (["/", "//", "/a"], ["%2F", "%2F%2F", "%2Fa"]),
        (["e\u{301}", "é"], ["e%CC%81", "é"]),
    ])
    func keepsNamesApart(_ keys: [String], _ names: [String]) {
        var namer = MemberNamer()
        #expect(keys.map { Array(namer.name(for: $0).utf8) } == names.map { Array($0.utf8) })
    }

    @Test func anyKeysGiveSafeNamesThatCanBeTurnedBack() {
        var noise = SeededGenerator(seed: 1)
        let alphabet = Array("aab/./\\%~+:2F\n\0é日 ")
        let keys = (0..<20_000).map { _ in
            String(
                (0..<Int.random(in: 1...14, using: &noise)).map { _ in alphabet.randomElement(using: &noise) ?? "a" })
        }
        var namer = MemberNamer()
        var files: Set<[UInt8]> = []
        var folders: Set<[UInt8]> = []
        for key in keys {
            let name = namer.name(for: key)
            #expect(Array(MemberName.key(of: name).utf8) == Array(key.utf8))
            #expect(isSafe(name), "\(key) became \(name)")
            let bytes = Array(name.utf8)
            #expect(files.insert(bytes).inserted, "\(name) twice")
            for slash in bytes.indices where bytes[slash] == UInt8(ascii: "/") {
                folders.insert(Array(bytes[..<slash]))
            }
        }
        #expect(files.isDisjoint(with: folders))
    }

    @Test(arguments: [255, 256, 300, 1_024])
    func longNamesAreSafeWithAMarkToo(_ length: Int) {
        for unit in ["x", "%41", "é", "日", "\n", "x%"] {
            var namer = MemberNamer()
            let key = String(repeating: unit, count: length / unit.utf8.count)
            for _ in 0..<12 {
                let name = namer.name(for: key)
                #expect(isSafe(name))
                #expect(Array(MemberName.key(of: name).utf8) == Array(key.utf8))
            }
        }
    }

    private func isSafe(_ name: String) -> Bool {
        let components = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let areComponentsSafe = components.allSatisfy { component in
            !component.isEmpty && component.count <= 255 && !component.elementsEqual([0x2E])
                && !component.elementsEqual([0x2E, 0x2E])
        }
        return areComponentsSafe && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
