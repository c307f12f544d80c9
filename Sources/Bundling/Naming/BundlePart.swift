public import Manifests

/// What objects must have in common so that one archive's name is right for all of them.
public enum BundlePart {
    /// The day and the folder of an object, as far as the template of names has them; empty where it has neither.
    ///
    /// Objects of which no day is known have none in common, whenever they come.
    ///
    /// - Parameters:
    ///   - row: The object.
    ///   - template: The template of archives' names.
    /// - Returns: A text that is the same for objects that may share an archive.
    public static func of(_ row: ManifestRow, template: String) -> String {
        var part: [String] = []
        if template.contains("{day}") { part.append(row.day ?? "") }
        if template.contains("{prefix}") { part.append(row.folder) }
        return part.joined(separator: "/")
    }
}
