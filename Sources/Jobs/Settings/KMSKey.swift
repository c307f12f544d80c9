/// The forms in which a KMS key is named (AWS KMS Developer Guide, Key identifiers).
public enum KMSKey {
    /// Whether a key that HeadObject tells, which it does by the ARN, may be the one that was asked for.
    ///
    /// - Parameters:
    ///   - found: What HeadObject tells; `nil` where no KMS key was used.
    ///   - wanted: A key's ARN or id; or an alias, which does not tell what key it stands for: then any may be it.
    /// - Returns: `false` only where it is another key, or none.
    public static func may(_ found: String?, be wanted: String) -> Bool {
        guard let found else { return false }
        let resource = wanted.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        return isAlias(resource) || found == wanted || found.hasSuffix("/" + wanted)
    }

    static func parse(_ text: String) throws(ExpectedValue) -> String {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 6, parts[0] == "arn", parts[1].hasPrefix("aws"), parts[2] == "kms", !parts[3].isEmpty,
            parts[4].utf8.count == 12, parts[4].allSatisfy({ $0.isASCII && $0.isNumber })
        {
            if isAlias(parts[5]) || parts[5].hasPrefix("key/") && isKeyId(parts[5].dropFirst(4)) { return text }
        } else if parts.count == 1, isKeyId(parts[0]) || isAlias(parts[0]) {
            return text
        }
        throw ExpectedValue(
            "a KMS key's id, alias/NAME, or its ARN, such as "
                + "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
    }

    private static func isAlias(_ text: Substring) -> Bool {
        let name = text.dropFirst("alias/".count)
        return text.hasPrefix("alias/") && !name.isEmpty
            && name.utf8.allSatisfy { SettingValue.isNameByte($0) || $0 == UInt8(ascii: "/") }
    }

    private static func isKeyId(_ text: Substring) -> Bool {
        if text.hasPrefix("mrk-") { return text.utf8.count == 36 && text.dropFirst(4).allSatisfy(\.isHexDigit) }
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && groups.joined().allSatisfy(\.isHexDigit)
    }
}
