public import S3

/// What became of a bundle.
public struct BundleOutcome: Sendable, Equatable {
    /// How it ended.
    public enum Status: String, Sendable {
        /// Archive and index are stored and proven; objects may have failed.
        case finished
        /// An earlier attempt, or another worker, had finished it.
        case unchanged
        /// There was nothing to archive: the manifest has no rows, or none of them could be archived.
        case empty
        /// It may succeed when it is tried again.
        case interrupted
        /// It will fail again until something is changed.
        case failed
        /// What a dry run would have done.
        case planned
    }

    /// How it ended.
    public var status: Status
    /// The archive; `nil` where there is none, as when all objects are too large for one.
    public var archive: ObjectReference?
    /// The index.
    public var index: ObjectReference?
    /// Where the objects that failed are listed, so that they can be fed in again.
    public var deadLetters: String?
    /// How many objects are in the bundle, those beside the archive included.
    public var archived: Int64 = 0
    /// How many of them were copied beside the archive.
    public var beside: Int64 = 0
    /// How many objects failed.
    public var failed: Int64 = 0
    /// How many sources were deleted, by this attempt or before.
    public var deleted: Int64 = 0
    /// How many sources should have been deleted and were not, since they changed or S3 refused.
    public var kept: Int64 = 0
    /// How many objects were archived without their tags, since these may not be read.
    public var tagsUnknown: Int64 = 0
    /// The bytes of the objects.
    public var bytes: Int64 = 0
    /// The bytes of the archive.
    public var archiveSize: Int64 = 0
    /// What else is to be said, a line each.
    public var notes: [String] = []
    /// Why it failed or was interrupted.
    public var failure: BundleFailure?

    /// Makes an outcome.
    public init(_ status: Status) { self.status = status }

    /// Makes the outcome of what an error ended: a bundle, or its manifest before there was a bundle.
    public init(endedBy error: any Error) {
        let failure = BundleFailure(any: error)
        self.init(failure.mayPass || Task.isCancelled ? .interrupted : .failed)
        self.failure = failure
    }

    /// Whether the manifest is done with: nothing of it is left but what its dead letters list.
    public var isDone: Bool { [.finished, .unchanged, .empty].contains(status) }
}
