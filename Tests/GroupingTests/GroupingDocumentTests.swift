import Testing

@testable import Grouping

@Suite struct GroupingDocumentTests {
    private static let document = GroupingDocument(
        input: .init(name: "s3://lists/manifest.json", identity: "e"),
        parameters: .init(rule: .prefix(depth: 2), limits: GroupLimits(), filter: ObjectFilter()), started: 5)

    @Test func isReadAsItWasWritten() throws {
        var document = Self.document
        document.totals = .init()
        document.submitted = ["https://sqs/q": 7]
        #expect(try GroupingDocument(json: document.json(), name: "d") == document)
    }

    @Test func anotherGroupingIsAConflict() {
        let same = Self.document
        #expect(same.conflict(with: Self.document) == nil)
        let changes: [(String, (inout GroupingDocument) -> Void)] = [
            ("of s3://lists/manifest.json", { $0.input.name = "other" }),
            ("before it changed", { $0.input.identity = "other" }),
            ("by prefix/2", { $0.parameters.rule = .keyDay }),
            ("65000 objects", { $0.parameters.limits.count = 2 }),
            ("another choice", { $0.parameters.filter.prefix = "x" }),
        ]
        for (words, change) in changes {
            var other = Self.document
            change(&other)
            #expect(same.conflict(with: other)?.contains(words) == true, "\(words)")
        }
    }

    @Test(arguments: ["", "{}", "{\"schema\":1}", "[]"])
    func refusesWhatIsNone(_ text: String) {
        #expect(throws: GroupingError.self) { try GroupingDocument(json: Array(text.utf8), name: "d") }
    }
}
