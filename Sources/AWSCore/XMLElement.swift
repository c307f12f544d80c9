internal import CExpat

/// An element of an XML document with all that is in it: how S3 and STS answer.
///
/// Attributes are left out, and namespace prefixes cut off: no reply needs either to be understood.
package struct XMLElement: Sendable, Equatable {
    /// The name, without a namespace prefix.
    package let name: String
    /// The text directly in it, entities replaced; of an element with children, the white space between them.
    package fileprivate(set) var text: String = ""
    /// The elements directly in it, in order.
    package fileprivate(set) var children: [XMLElement] = []

    fileprivate init(name: String) { self.name = name }

    /// The first child of this name.
    package subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The text of the first child of this name.
    package func text(of name: String) -> String? { self[name]?.text }

    /// Every child of this name, in order.
    package func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }
}

/// Why bytes are not a document that this reader takes.
package struct XMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, and in which line.
    package let description: String
}

extension XMLElement {
    /// How deep elements may lie in each other; S3's and STS's replies reach 6.
    static let maximumDepth = 32
    /// How large a document may be, in bytes; a page of 1,000 versions with keys of 1,024 bytes is under 8 MiB.
    static let maximumSize = 64 << 20

    /// The root element of a document.
    ///
    /// White space before `<?xml` is passed over: S3 sends it to keep a connection open while it works
    /// (S3 API Reference: CompleteMultipartUpload). A document type, and with it every entity of its own, is refused.
    ///
    /// - Throws: `XMLError` for what is not well-formed, too deep or too large.
    package init(parsing document: [UInt8]) throws(XMLError) {
        guard document.count <= Self.maximumSize else {
            throw XMLError(description: "XML document of \(document.count) bytes is too large")
        }
        let builder = XMLTreeBuilder()
        guard let parser = XML_ParserCreate("UTF-8") else { throw XMLError(description: "out of memory") }
        defer { XML_ParserFree(parser) }
        builder.attach(to: parser)
        let status = document.withUnsafeBytes { bytes in
            // expat reads the bytes within the call only, as many as the count says, which `maximumSize` keeps within
            // an Int32.
            let content = UnsafeRawBufferPointer(rebasing: bytes.drop { isXMLWhiteSpace($0) })
            return XML_Parse(parser, content.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(content.count), 1)
        }
        if let refusal = builder.refusal { throw XMLError(description: refusal) }
        guard status == XML_STATUS_OK, let root = builder.root else {
            let message = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "no element"
            throw XMLError(description: "malformed XML in line \(XML_GetCurrentLineNumber(parser)): \(message)")
        }
        self = root
    }
}

func isXMLWhiteSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}

/// Takes expat's callbacks.
///
/// Who parses reads it behind the parser's last call, so that it is there whenever expat calls, on that same thread.
private final class XMLTreeBuilder {
    private var open: [XMLElement] = []
    private(set) var root: XMLElement?
    private(set) var refusal: String?
    private var parser: XML_Parser?

    /// Makes the parser report to this builder, which the caller keeps alive for as long as it parses.
    func attach(to parser: XML_Parser) {
        self.parser = parser
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser,
            { context, name, _ in XMLTreeBuilder.of(context)?.start(name) },
            { context, _ in XMLTreeBuilder.of(context)?.end() })
        XML_SetCharacterDataHandler(parser) { context, text, length in
            XMLTreeBuilder.of(context)?.characters(UnsafeBufferPointer(start: text, count: Int(length)))
        }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            XMLTreeBuilder.of(context)?.refuse("XML with a document type")
        }
    }

    /// The builder that `attach` gave to expat, which hands it back as it is.
    private static func of(_ context: UnsafeMutableRawPointer?) -> XMLTreeBuilder? {
        context.map { Unmanaged<XMLTreeBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The name is expat's, ends with a zero, and is copied within the callback.
    private func start(_ name: UnsafePointer<CChar>?) {
        guard let name else { return }
        guard open.count < XMLElement.maximumDepth else {
            return refuse("XML deeper than \(XMLElement.maximumDepth) elements")
        }
        let qualified = String(cString: name)
        let local = qualified.utf8.lastIndex(of: UInt8(ascii: ":")).map { qualified[qualified.index(after: $0)...] }
        open.append(XMLElement(name: local.map(String.init) ?? qualified))
    }

    private func end() {
        guard let element = open.popLast() else { return }
        if open.isEmpty {
            root = element
        } else {
            open[open.count - 1].children.append(element)
        }
    }

    /// The text is expat's, and is copied within the callback; a byte is one whether it has a sign or not.
    private func characters(_ text: UnsafeBufferPointer<CChar>) {
        guard !open.isEmpty else { return }
        text.withMemoryRebound(to: UInt8.self) { open[open.count - 1].text += String(decoding: $0, as: UTF8.self) }
    }

    private func refuse(_ reason: String) {
        refusal = reason
        XML_StopParser(parser, XML_Bool(XML_FALSE))
    }
}
