/// What a bundle is called, after its manifest.
public enum BundleName {
    /// The last part of a path or key, without its extensions.
    ///
    /// As S3Bundler has it, one extension goes, unless the name ends in a digit: `m.0.index` is `m.0`, and `m.0` is
    /// itself; so does a `.gz` behind it.
    public static func stem(of manifest: String) -> String {
        var name = manifest.split(separator: "/").last.map(String.init) ?? "bundle"
        if name.hasSuffix(".gz") { name.removeLast(3) }
        if let last = name.last, !last.isNumber, let dot = name.lastIndex(of: "."), dot != name.startIndex {
            name = String(name[..<dot])
        }
        return name.isEmpty ? "bundle" : name
    }
}
