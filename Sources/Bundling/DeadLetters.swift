public import Manifests

/// An object that could not be archived, and why.
public struct DeadLetter: Sendable, Equatable {
    /// The row of the manifest.
    public var row: ManifestRow
    /// Why.
    public var failure: BundleFailure
}

/// Where dead letters go: next to the manifest, one file or object an attempt, so that none replaces another.
public protocol DeadLetterPlace: Sendable {
    /// Opens a file or object that nobody has; it comes to be with the first letter.
    func open() async throws -> any DeadLetterSink
}

/// Takes the dead letters of one attempt.
public protocol DeadLetterSink: AnyObject {
    /// Adds a line, with its line end.
    func append(_ line: [UInt8]) async throws
    /// Brings every letter to its place.
    ///
    /// - Returns: Where they are; `nil` where there are none.
    func finish() async throws -> String?
    /// Forgets all of them, since the attempt begins anew.
    func discard() async
}
