/// What a worker did.
public struct WorkTotals: Sendable, Equatable {
    /// Bundles that were made or found finished, of manifests and of collected objects.
    public var bundles: Int64 = 0
    /// Bundles that failed.
    public var failedBundles: Int64 = 0
    /// Bundles that others must finish.
    public var interrupted: Int64 = 0
    /// Objects in the indexes of the bundles that this worker made.
    public var archived: Int64 = 0
    /// Objects that failed.
    public var failed: Int64 = 0
    /// Sources that were deleted.
    public var deleted: Int64 = 0
    /// Sources that should have been deleted and were not, since they changed or S3 refused.
    public var kept: Int64 = 0
    /// Bytes of the objects.
    public var bytes: Int64 = 0
    /// Messages that asked for an object or manifest that a bundle has already.
    public var repeated: Int64 = 0
    /// Messages that were no work, such as S3's test event.
    public var ignored: Int64 = 0
    /// Messages that cannot be understood.
    public var poison: Int64 = 0
    /// Messages that were deleted.
    public var messages: Int64 = 0

    /// Adds what a bundle came to.
    mutating func add(_ end: BundleEnd) {
        switch end.status {
        case .done: bundles += 1
        case .interrupted: interrupted += 1
        case .failed: failedBundles += 1
        }
        failed += end.failedCount
        if !end.wasThere {
            archived += end.archivedCount
            bytes &+= end.bytes
        }
        deleted += end.deletedCount
        kept += end.keptCount
    }
}

/// Adds up what a worker does, for whoever shows its progress.
public actor WorkMeter {
    /// What was done so far.
    public private(set) var totals = WorkTotals()

    /// Starts at nothing.
    public init() {}

    func change(_ body: (inout WorkTotals) -> Void) { body(&totals) }
}
