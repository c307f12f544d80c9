/// A wrong value in the environment or in a config file.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line: which value, where it stands, and what would be right.
    public var description: String

    /// Makes an error from its line.
    public init(_ description: String) { self.description = description }
}
