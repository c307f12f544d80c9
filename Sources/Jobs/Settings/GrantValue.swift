/// The grantees of one permission, as the `x-amz-grant-…` headers take them.
enum GrantValue {
    /// Reads `id=…`, `uri=…` or `emailAddress=…`, several with commas between them, and puts values in quotes.
    static func parse(_ text: String) throws(ExpectedValue) -> String {
        var grantees: [String] = []
        for grantee in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = grantee.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            guard sides.count == 2, ["id", "uri", "emailAddress"].contains(sides[0]) else { throw expected }
            var value = sides[1]
            if value.utf8.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = value.dropFirst().dropLast()
            }
            guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }) else {
                throw expected
            }
            grantees.append("\(sides[0])=\"\(value)\"")
        }
        return grantees.joined(separator: ", ")
    }

    private static let expected = ExpectedValue(
        "grantees such as id=CANONICAL-ID or uri=http://acs.amazonaws.com/groups/global/AllUsers, with commas between")
}
