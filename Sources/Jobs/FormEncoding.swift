import AWSCore
import Manifests

/// The encoding of pairs in `x-amz-tagging` and in the settings for tags and metadata.
public enum FormEncoding {
    /// Decodes `%XX`, and `+` as a space.
    ///
    /// - Returns: `nil` when a `%` has no two hexadecimal digits behind it, or the decoded bytes are not UTF-8.
    public static func decode(_ text: some StringProtocol) -> String? { KeyEncoding.decode(text.utf8) }

    /// Encodes every byte but letters, digits, `-`, `.`, `_` and `~` as `%XX`.
    public static func encode(_ text: String) -> String { text.percentEncoded(keepingSlashes: false) }
}
