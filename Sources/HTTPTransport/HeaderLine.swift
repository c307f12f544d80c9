/// Reading a line of a response's header.
enum HeaderLine {
    /// The line without its end, as UTF-8 where it is that, else as Latin-1, so that no byte is lost.
    static func text(_ line: UnsafeRawBufferPointer) -> String {
        var bytes = line[...]
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        return String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// The status code of `HTTP/1.1 200 OK`.
    static func status(_ line: String) -> Int? {
        line.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) }
    }

    /// The name and the value of `Name: value`.
    static func field(_ line: String) -> HTTPHeaders.Field? {
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), colon != line.startIndex else { return nil }
        let value = line.utf8[line.utf8.index(after: colon)...]
        guard let first = value.firstIndex(where: { !isBlank($0) }),
            let last = value.lastIndex(where: { !isBlank($0) })
        else { return HTTPHeaders.Field(name: String(line[..<colon]), value: "") }
        return HTTPHeaders.Field(name: String(line[..<colon]), value: String(line[first...last]))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
