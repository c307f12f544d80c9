/// What is wrong with a manifest.
public struct ManifestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The manifest, as its reader named it: a path or an `s3://` address.
    public var manifest: String
    /// The line on which the wrong row begins, counted from 1; `nil` where the whole manifest is meant.
    public var line: Int?
    /// What is wrong, and what would be right.
    public var message: String

    /// Makes an error.
    public init(manifest: String, line: Int? = nil, message: String) {
        self.manifest = manifest
        self.line = line
        self.message = message
    }

    /// One line: the manifest, the line in it, what is wrong.
    public var description: String {
        "\(manifest)\(line.map { ", line \($0)" } ?? ""): \(message)"
    }
}
