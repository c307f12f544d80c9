internal import AWSCore
internal import HTTPTransport

extension HTTPCollectedResponse {
    /// The reply's document.
    ///
    /// - Throws: `MalformedReply` when it is not well-formed or its root is none of these.
    func document(_ roots: String...) throws(MalformedReply) -> XMLElement {
        let element: XMLElement
        do {
            element = try XMLElement(parsing: body)
        } catch {
            throw MalformedReply(reason: error.description)
        }
        guard roots.contains(element.name) else {
            throw MalformedReply(reason: "the reply is a <\(element.name)>, not a <\(roots[0])>")
        }
        return element
    }
}

extension XMLElement {
    /// The text of a child that must be there and say something.
    func required(_ child: String) throws(MalformedReply) -> String {
        guard let text = text(of: child), !text.isEmpty else {
            throw MalformedReply(reason: "<\(name)> has no <\(child)>")
        }
        return text
    }

    /// The text of a child; `nil` where it is missing or empty.
    func optional(_ child: String) -> String? {
        guard let text = text(of: child), !text.isEmpty else { return nil }
        return text
    }

    /// The number in a child; `nil` where there is none.
    func number<Number: FixedWidthInteger>(_ child: String) -> Number? {
        text(of: child).flatMap { Number($0) }
    }

    /// Whether a child says `true`.
    func isTrue(_ child: String) -> Bool { text(of: child) == "true" }

    /// The ETag; it must be there where something was stored.
    func requiredETag() throws(MalformedReply) -> String {
        guard let eTag = ETag.unquoted(text(of: "ETag")) else {
            throw MalformedReply(reason: "<\(name)> has no <ETag>")
        }
        return eTag
    }

    /// The checksum among the children: `ChecksumCRC32C` and its like.
    var checksum: ObjectChecksum? {
        let prefix = "Checksum"
        for child in children where child.name.hasPrefix(prefix) && !child.text.isEmpty {
            guard child.name != "ChecksumType", child.name != "ChecksumAlgorithm" else { continue }
            return ObjectChecksum(
                algorithm: child.name.dropFirst(prefix.count).uppercased(), value: child.text,
                type: optional("ChecksumType"))
        }
        return nil
    }

    /// A key or marker out of a listing, decoded where the listing says that it is encoded.
    func listed(_ child: String, in listing: XMLElement) throws(MalformedReply) -> String? {
        guard let text = text(of: child) else { return nil }
        guard listing.text(of: "EncodingType") == "url" else { return text }
        guard let decoded = ListedText.decode(text) else {
            throw MalformedReply(reason: "<\(child)> is not URL-encoded UTF-8: \(text.prefix(80))")
        }
        return decoded
    }
}
