public import Manifests
public import S3

/// Gives the rows of a manifest one after the other; `nil` at the end.
public typealias RowSource = () async throws -> ManifestRow?

/// One bundle to make.
public struct BundleRequest: Sendable {
    /// What the bundle is called: `{name}` of the archive's name.
    public var name: String
    /// Where archives go.
    public var destination: ObjectPrefix
    /// What tells this bundle from others, such as the digest of its manifest.
    ///
    /// A request with an identity whose bundle is finished already makes nothing again.
    public var identity: String
    /// When what it lists was written, in seconds since 1970: `{day}` of objects of which no day is known.
    ///
    /// It must be the same whenever the request is repeated, as the identity.
    public var written: Int64
    /// The number in the archive's name that is tried first.
    public var sequence = 1
    /// Opens the manifest at its beginning; each attempt reads it once.
    public var rows: @Sendable () async throws -> RowSource
    /// Where objects that could not be archived are written to, as a manifest that can be fed in again.
    public var deadLetters: any DeadLetterPlace

    /// Makes a request.
    public init(
        name: String, destination: ObjectPrefix, identity: String, written: Int64,
        deadLetters: any DeadLetterPlace,
        rows: @escaping @Sendable () async throws -> RowSource
    ) {
        self.name = name
        self.destination = destination
        self.identity = identity
        self.written = written
        self.rows = rows
        self.deadLetters = deadLetters
    }

    /// The run's id where nobody says one: the same whenever the request is repeated.
    public var ownRun: String { String(BundleMark.value(of: identity).prefix(32)) }
}
