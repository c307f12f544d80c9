/// Reading a line of a response's header, while libcurl lends it to the callback; what is kept of it is copied.
enum HeaderLine {
    typealias Bytes = Slice<UnsafeRawBufferPointer>

    /// The line without its end.
    static func content(_ line: UnsafeRawBufferPointer) -> Bytes {
        var bytes = line[...]
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        return bytes
    }

    /// Whether it is the first one, `HTTP/1.1 200 OK`.
    static func isStatusLine(_ line: Bytes) -> Bool { line.starts(with: "HTTP/".utf8) }

    /// The status code of `HTTP/1.1 200 OK`.
    static func status(_ line: Bytes) -> Int? {
        line.split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first.flatMap { Int(text($0)) }
    }

    /// The name and the value of `Name: value`.
    static func field(_ line: Bytes) -> HTTPHeaders.Field? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon != line.startIndex else { return nil }
        var value = line[(colon + 1)...]
        while let first = value.first, isBlank(first) { value.removeFirst() }
        while let last = value.last, isBlank(last) { value.removeLast() }
        return HTTPHeaders.Field(name: text(line[..<colon]), value: text(value))
    }

    /// As UTF-8 where it is that, else as Latin-1, so that no byte is lost.
    private static func text(_ bytes: Bytes) -> String {
        String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
