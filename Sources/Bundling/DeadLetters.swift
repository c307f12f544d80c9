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
    /// Opens the file or object of an attempt; it comes to be with the first letter.
    func open(attempt: String) async throws -> any DeadLetterSink
    /// What an attempt left; `nil` where that is nothing, or it was taken away since.
    func left(by attempt: String) async throws -> LeftLetters?
}

/// The dead letters that an attempt left.
public struct LeftLetters: Sendable, Equatable {
    /// Where they are.
    public let place: String
    /// How many there are.
    public private(set) var count: Int64 = 0

    /// Makes none.
    public init(place: String) { self.place = place }

    /// Adds those that end in these bytes of them.
    public mutating func add(_ bytes: [UInt8]) { count += Int64(bytes.count { $0 == UInt8(ascii: "\n") }) }
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
