extension ConfigFile {
    /// Parses one of AWS's files by the rules of the SDKs.
    ///
    /// `#` and `;` start a comment at the start of a line or behind white space. An indented line continues the
    /// property before it. Sections and properties with names that AWS does not know are passed over, as newer
    /// tools than this one may have written them.
    /// (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html)
    ///
    /// - Throws: `ConfigurationError`, with `path` and the line, for a line that is none of these.
    init(parsing text: String, kind: Kind, path: String) throws(ConfigurationError) {
        var parser = ConfigFileParser(kind: kind, path: path)
        let byteOrderMark: Unicode.Scalar = "\u{FEFF}"
        let scalars = text.unicodeScalars
        let content = scalars.first == byteOrderMark ? scalars.dropFirst() : scalars[...]
        for line in Substring(content).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            try parser.take(Substring(line))
        }
        self = parser.file
    }
}

private struct ConfigFileParser {
    private enum Place {
        case nowhere
        case ignored
        case profile(String)
        case ssoSession(String)
        case services(String)
    }

    /// The property that indented lines belong to.
    private struct Property {
        var name: String
        var hasValue: Bool
    }

    private let kind: ConfigFile.Kind
    private let path: String
    private(set) var file = ConfigFile()
    private var lineNumber = 0
    private var place = Place.nowhere
    private var property: Property?
    /// `[profile default]` replaces `[default]`, wherever it stands.
    private var prefixedDefaultSeen = false

    init(kind: ConfigFile.Kind, path: String) {
        self.kind = kind
        self.path = path
    }

    mutating func take(_ line: Substring) throws(ConfigurationError) {
        lineNumber += 1
        let content = line.trimmed
        guard let first = content.utf8.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { return }
        if line.utf8.first?.isBlank == true {
            try takeContinuation(content)
        } else if first == UInt8(ascii: "[") {
            try takeSection(content)
        } else {
            try takeProperty(content)
        }
    }

    private mutating func takeSection(_ line: Substring) throws(ConfigurationError) {
        guard let end = line.utf8.firstIndex(of: UInt8(ascii: "]")) else {
            throw error("a section's name must end with ]")
        }
        let rest = line[line.utf8.index(after: end)...].trimmed
        guard rest.utf8.first.map({ $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: ";") }) ?? true else {
            throw error("only a comment may follow a section's name")
        }
        property = nil
        place = place(named: line[line.utf8.index(after: line.startIndex)..<end].trimmed)
        update { _ in }
    }

    private mutating func place(named title: Substring) -> Place {
        let words = title.utf8.split(whereSeparator: \.isBlank).map { String(Substring($0)) }
        switch (kind, words.count, words.first) {
        case (.credentials, 1, let name?) where name.isName: return .profile(name)
        case (.config, 1, "default"): return prefixedDefaultSeen ? .ignored : .profile("default")
        case (.config, 2, "profile") where words[1].isName:
            if words[1] == "default", !prefixedDefaultSeen {
                prefixedDefaultSeen = true
                file.profiles["default"] = nil
            }
            return .profile(words[1])
        case (.config, 2, "sso-session") where words[1].isName: return .ssoSession(words[1])
        case (.config, 2, "services") where words[1].isName: return .services(words[1])
        default: return .ignored
        }
    }

    private mutating func takeProperty(_ line: Substring) throws(ConfigurationError) {
        if case .nowhere = place { throw error("a section such as [default] must come before this line") }
        let (name, value) = try pair(line)
        let entry = ConfigFile.Value(text: value.withoutComment, origin: "\(path):\(lineNumber)")
        property = Property(name: name, hasValue: !entry.text.isEmpty)
        guard name.isName else { return }
        update { $0[name] = entry }
    }

    private mutating func takeContinuation(_ line: Substring) throws(ConfigurationError) {
        if case .nowhere = place { throw error("a section such as [default] must come before this line") }
        guard let property else { throw error("an indented line must follow a property that it belongs to") }
        if property.hasValue {
            update { $0[property.name]?.text += "\n" + line }
        } else {
            let (name, value) = try pair(line)
            let entry = ConfigFile.Value(text: value.withoutComment, origin: "\(path):\(lineNumber)")
            update { $0[property.name]?.nested[name] = entry }
        }
    }

    private func pair(_ line: Substring) throws(ConfigurationError) -> (name: String, value: Substring) {
        guard let equals = line.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            throw error("a property must be written as name = value")
        }
        let name = line[..<equals].trimmed
        guard !name.isEmpty else { throw error("there is no name before the =") }
        return (name.lowercased(), line[line.utf8.index(after: equals)...].trimmed)
    }

    private mutating func update(_ change: (inout ConfigFile.Section) -> Void) {
        switch place {
        case .nowhere, .ignored: break
        case .profile(let name): change(&file.profiles[name, default: [:]])
        case .ssoSession(let name): change(&file.ssoSessions[name, default: [:]])
        case .services(let name): change(&file.services[name, default: [:]])
        }
    }

    /// The line itself is not shown: it may hold a secret.
    private func error(_ what: String) -> ConfigurationError {
        ConfigurationError("\(path):\(lineNumber): \(what)")
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == 0x0D }

    fileprivate var isASCIIAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension Substring {
    /// Without the blanks at both ends.
    fileprivate var trimmed: Substring {
        let start = utf8.firstIndex { !$0.isBlank } ?? endIndex
        guard let last = utf8[start...].lastIndex(where: { !$0.isBlank }) else { return self[start..<start] }
        return self[start..<utf8.index(after: last)]
    }

    /// Without what follows a `#` or `;` that stands behind a blank or at the start.
    fileprivate var withoutComment: String {
        var previousIsBlank = true
        for index in utf8.indices {
            let byte = utf8[index]
            if previousIsBlank, byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
                return String(self[..<index].trimmed)
            }
            previousIsBlank = byte.isBlank
        }
        return String(trimmed)
    }
}

extension String {
    fileprivate var isName: Bool {
        utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_/.%@:+".utf8.contains($0) }
    }
}
