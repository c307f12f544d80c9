public import S3

/// One object to copy, and where to.
public struct CopyTask: Sendable, Hashable, Codable {
    /// The object that is copied.
    public var source: ObjectReference
    /// Where it goes; its version id is `nil`.
    public var destination: ObjectReference

    /// Makes a task.
    public init(source: ObjectReference, destination: ObjectReference) {
        self.source = source
        self.destination = destination
    }
}
