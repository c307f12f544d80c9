import Testing

@testable import AWSCore

@Suite struct FileReaderTests {
    @Test func readsWholeFiles() throws {
        let source = try #require(try readSmallFile(#filePath))
        #expect(source.count > 100)
        #expect(String(decoding: source, as: UTF8.self).hasPrefix("import Testing\n"))
    }

    @Test(arguments: ["/nonexistent", "/etc/passwd/nonexistent"]) func noFile(_ path: String) throws {
        #expect(try readSmallFile(path) == nil)
    }

    @Test(arguments: [
        ("/", "cannot read /: Is a directory"),
        ("/dev/zero", "/dev/zero is larger than 1048576 bytes"),
    ])
    func unreadable(path: String, message: String) {
        #expect(throws: ConfigurationError(message)) { try readSmallFile(path) }
    }

    @Test func theProcessHasAnEnvironment() {
        #expect(Environment.ofProcess["PATH"] != nil)
        #expect(Environment(variables: ["A": ""])["A"] == nil)
    }
}
