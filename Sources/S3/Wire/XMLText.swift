internal import AWSCore

/// Text inside the XML of a request.
enum XMLText {
    /// The text with everything escaped that XML would read otherwise; `nil` where XML 1.0 cannot say it
    /// (https://www.w3.org/TR/xml/#charsets).
    static func escaped(_ text: String) -> String? {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            // Readers turn these into spaces or line feeds unless they are written as references.
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": return nil
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// An element around text; nothing where there is none.
    ///
    /// - Throws: `ConfigurationError` where XML cannot say the text.
    static func element(_ name: String, _ text: String?) throws(ConfigurationError) -> String {
        guard let text else { return "" }
        guard let escaped = escaped(text) else {
            throw ConfigurationError("<\(name)> has a control character, which XML 1.0 cannot carry")
        }
        return "<\(name)>\(escaped)</\(name)>"
    }
}
