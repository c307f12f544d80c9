/// ETags: without quotes inside s3haul, with them on the wire.
enum ETag {
    /// An ETag as a header field or XML says it, without quotes; `nil` when nothing is left.
    static func unquoted(_ text: String?) -> String? {
        guard var text = text?[...] else { return nil }
        if text.first == "\"" { text.removeFirst() }
        if text.last == "\"" { text.removeLast() }
        return text.isEmpty ? nil : String(text)
    }

    /// An ETag as header fields and XML carry it.
    static func quoted(_ eTag: String) -> String { "\"\(eTag)\"" }
}
