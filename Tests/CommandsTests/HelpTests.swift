import Console
import FoundationEssentials
import Testing

@testable import Commands

@Suite struct HelpTests {
    @Test(arguments: [
        ("overview", Verb?.none), ("copy", .copy), ("dispatch", .dispatch), ("work", .work), ("list", .list),
        ("extract", .extract),
        ("verify", .verify),
        ("group", .group), ("manifest", .manifest), ("bundle", .bundle),
    ])
    func showsWhatIsAgreed(_ name: String, _ verb: Verb?) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/help/\(name).txt")
        #expect(Program.s3haul.help(verb) == String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }
}
