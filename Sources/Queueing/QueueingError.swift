/// Why work from a queue cannot go on.
public struct QueueingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line.
    public var description: String

    init(_ description: String) { self.description = description }
}
