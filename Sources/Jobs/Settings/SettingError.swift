/// A setting that cannot be used as it is given.
public struct SettingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line: the setting as it was given, what is wrong with it, and what would be right.
    public var description: String

    init(_ description: String) { self.description = description }
}

/// What a value should have been: `a size from 5MiB to 5GiB, such as 64MiB`.
package struct ExpectedValue: Error {
    /// What it should have been.
    package var text: String

    init(_ text: String) { self.text = text }
}
