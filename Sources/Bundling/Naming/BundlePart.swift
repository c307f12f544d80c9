public import Manifests

/// What objects must have in common so that one archive's name is right for all of them.
public enum BundlePart {
    /// The day and the folder of an object, as far as the template of names has them; empty where it has neither.
    ///
    /// - Parameters:
    ///   - row: The object.
    ///   - template: The template of archives' names.
    ///   - now: Seconds since 1970, for objects of which no day is known.
    /// - Returns: A text that is the same for objects that may share an archive.
    public static func of(_ row: ManifestRow, template: String, now: Int64) -> String {
        var part: [String] = []
        if template.contains("{day}") { part.append(row.day(now: now)) }
        if template.contains("{prefix}") { part.append(row.folder) }
        return part.joined(separator: "/")
    }
}
