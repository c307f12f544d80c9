/// Why rows cannot be grouped as asked.
public struct GroupingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line: what is wrong, and what would be right.
    public var description: String

    /// Makes an error from its line.
    public init(_ description: String) { self.description = description }
}
