/// The text of a policy on tags or metadata: `copy`, `none`, or what replaces the source's, as `key=value&key=value`.
enum PolicyValue {
    /// Reads tags: at most 10, keys of up to 128 characters, values of up to 256 (S3 User Guide, Object tagging).
    static func tags(_ text: String) throws(ExpectedValue) -> CopySettings.Policy {
        let policy = try parse(text, orElse: "up to 10 tags such as team=media&kind=raw")
        if case .replace(let tags) = policy {
            let fits = tags.allSatisfy { $0.key.utf16.count <= 128 && $0.value.utf16.count <= 256 }
            guard tags.count <= 10, fits else {
                throw ExpectedValue("up to 10 tags, with keys of up to 128 and values of up to 256 characters")
            }
        }
        return policy
    }

    /// Reads metadata: names that can be header fields, 2 KB in all (S3 User Guide, Object metadata).
    static func metadata(_ text: String) throws(ExpectedValue) -> CopySettings.Policy {
        let expected = "up to 2 KB of metadata such as Content-Type=text/plain&origin=camera-3"
        let policy = try parse(text, orElse: expected)
        if case .replace(let fields) = policy {
            let bytes = fields.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            let isSafe = fields.allSatisfy { isFieldName($0.key) && $0.value.utf8.allSatisfy { $0 >= 0x20 } }
            guard bytes <= 2048, isSafe else { throw ExpectedValue(expected) }
        }
        return policy
    }

    /// The text that is read as this policy.
    static func text(_ policy: CopySettings.Policy) -> String {
        switch policy {
        case .copy: "copy"
        case .none: "none"
        case .replace(let pairs):
            pairs.sorted { $0.key < $1.key }
                .map { FormEncoding.encode($0.key) + "=" + FormEncoding.encode($0.value) }
                .joined(separator: "&")
        }
    }

    private static func parse(_ text: String, orElse pairs: String) throws(ExpectedValue) -> CopySettings.Policy {
        if text == "copy" { return .copy }
        if text == "none" { return .none }
        var replacement: [String: String] = [:]
        for pair in text.split(separator: "&", omittingEmptySubsequences: false) {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, let key = FormEncoding.decode(sides[0]), !key.isEmpty,
                let value = FormEncoding.decode(sides[1]), replacement.updateValue(value, forKey: key) == nil
            else { throw ExpectedValue("copy, none, or \(pairs)") }
        }
        return .replace(replacement)
    }

    /// A `token` of RFC 9110, section 5.6.2.
    private static func isFieldName(_ name: String) -> Bool {
        name.utf8.allSatisfy { SettingValue.isNameByte($0) || "!#$%&'*+^`|~".utf8.contains($0) }
    }
}
