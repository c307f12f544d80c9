public import Jobs
public import Manifests
public import S3

/// A bundle to make of objects that were collected.
public struct CollectedBundle: Sendable {
    /// What it is called: the run's id and the number of the claim.
    public var name: String
    /// The number of its claim among those of its lot, from 1.
    public var number: Int
    /// What tells it from all other bundles, however often it is tried.
    public var identity: String
    /// When its objects were claimed, in seconds since 1970, however often it is tried.
    public var claimed: Int64
    /// What its objects have in common.
    public var lot: Lot
    /// Its objects.
    public var rows: [ManifestRow]
    /// Whether nobody else makes it; asked before the index is stored.
    public var isHeld: @Sendable () -> Bool
}

/// How making a bundle ended.
public struct BundleEnd: Sendable {
    /// What is to become of the messages.
    public enum Status: Sendable, Equatable {
        /// Archive and index are stored and proven, or nothing could be archived.
        case done
        /// It may succeed when it is tried again.
        case interrupted
        /// It will fail again until something is changed.
        case failed
    }

    /// What is to become of the messages.
    public var status: Status
    /// The archive's address; `nil` where there is none.
    public var archive: String?
    /// The objects that are in its index, as the rows name them; empty for a manifest, which keeps its own list of
    /// what failed.
    public var archived: Set<ObjectReference> = []
    /// How many objects are in the index.
    public var archivedCount: Int64 = 0
    /// How many failed.
    public var failedCount: Int64 = 0
    /// How many sources were deleted.
    public var deletedCount: Int64 = 0
    /// How many sources should have been deleted and were not.
    public var keptCount: Int64 = 0
    /// The bytes of the objects.
    public var bytes: Int64 = 0
    /// Whether an earlier attempt had finished it.
    public var wasThere = false
    /// Why it is not done, in one line.
    public var reason: String?

    /// Makes an end.
    public init(_ status: Status) { self.status = status }
}

/// What a worker does to the world besides the queue, one function a step.
///
/// Each may throw for settings of a message that are wrong; the message is then given back.
public struct WorkActions: Sendable {
    /// Makes the bundle of a manifest; the function says whether nobody else makes it, and is asked before the index
    /// is stored.
    public typealias BundleManifest =
        @Sendable (
            ObjectReference, QueueMessage.Settings, _ isHeld: @escaping @Sendable () -> Bool
        ) async throws -> BundleEnd

    /// What besides run, settings and bucket an object must have in common with others of its bundle.
    public var part: @Sendable (ManifestRow, QueueMessage.Settings) throws -> String
    /// Where the claims of bundles with these settings are kept.
    public var claims: @Sendable (QueueMessage.Settings) throws -> any ClaimStore
    /// Makes the bundle of collected objects, or finishes what an earlier attempt began.
    public var bundle: @Sendable (CollectedBundle) async throws -> BundleEnd
    /// Makes the bundle of a manifest, or finishes what an earlier attempt began.
    public var bundleManifest: BundleManifest

    /// Makes the actions of functions.
    public init(
        part: @escaping @Sendable (ManifestRow, QueueMessage.Settings) throws -> String,
        claims: @escaping @Sendable (QueueMessage.Settings) throws -> any ClaimStore,
        bundle: @escaping @Sendable (CollectedBundle) async throws -> BundleEnd,
        bundleManifest: @escaping BundleManifest
    ) {
        self.part = part
        self.claims = claims
        self.bundle = bundle
        self.bundleManifest = bundleManifest
    }
}
