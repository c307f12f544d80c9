import Testing

@testable import AWSCore

@Suite struct XMLElementTests {
    private func parse(_ text: String) throws -> XMLElement { try XMLElement(parsing: Array(text.utf8)) }

    @Test func readsNamesTextAndOrder() throws {
        let root = try parse(
            """
            <?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Contents><Key>a &amp; b&#x20;&#233;</Key><Size>1</Size></Contents><Contents><Key/></Contents>
            </ListBucketResult>
            """)
        #expect(root.name == "ListBucketResult")
        #expect(root.all("Contents").map { $0.text(of: "Key") } == ["a & b é", ""])
        #expect(root["Contents"]?.text(of: "Size") == "1")
        #expect(root["Absent"] == nil)
    }

    @Test func passesOverWhiteSpaceBeforeTheDeclaration() throws {
        #expect(try parse(" \r\n\t <?xml version=\"1.0\"?><Error><Code>X</Code></Error>").text(of: "Code") == "X")
    }

    @Test func cutsNamespacePrefixes() throws {
        #expect(try parse("<s:A xmlns:s='u'><s:B>1</s:B></s:A>").text(of: "B") == "1")
    }

    @Test func joinsTextThatExpatGivesInPieces() throws {
        let long = String(repeating: "x&lt;ü", count: 100_000)
        #expect(try parse("<A>\(long)</A>").text == String(repeating: "x<ü", count: 100_000))
    }

    @Test(arguments: [
        ("nothing", ""),
        ("white space", " \n "),
        ("text", "no XML"),
        ("an open element", "<A><B></B>"),
        ("two roots", "<A/><B/>"),
        ("a NUL", "<A>\u{0}</A>"),
        ("a document type", "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>"),
        ("an unknown entity", "<a>&e;</a>"),
        ("depth", String(repeating: "<a>", count: 33) + String(repeating: "</a>", count: 33)),
    ])
    func refuses(_ what: String, _ text: String) {
        #expect(throws: XMLError.self) { try parse(text) }
    }

    @Test func takesDepthUpToTheBound() throws {
        let document = try parse(String(repeating: "<a>", count: 32) + String(repeating: "</a>", count: 32))
        #expect(document.children.count == 1)
    }
}
