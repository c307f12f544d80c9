public import Jobs

/// Makes bundles: archives of many objects with their indexes, from S3 to S3, without a disk.
public struct Bundler: Sendable {
    /// Copies an object that is too large for an archive, and proves the copy.
    public typealias Copy = @Sendable (CopyTask) async -> TaskRecord

    let store: any BundleStore
    let settings: RunSettings
    let run: String
    let copy: Copy
    let now: @Sendable () -> Int64

    /// How many objects are under way at a time unless something is said.
    public static let standardConcurrency = 64

    /// How many objects are under way at a time.
    public var concurrency = Bundler.standardConcurrency
    /// Where archives are made, which is mostly waiting for replies: the thread that has them, which need not wake
    /// another one for each object then. What computes for long leaves it. `nil`: where everything else runs.
    public var executor: (any TaskExecutor)?
    /// Told the bytes of every object that is read; it is not safe yet.
    public var progress: (@Sendable (_ bytes: Int64) -> Void)?
    /// Told of every object that fails.
    public var failure: (@Sendable (TaskRecord) async -> Void)?
    /// Asked before an index is stored, whether it still may be; without it, it may.
    public var mayFinish: (@Sendable () -> Bool)?

    /// Makes a bundler.
    ///
    /// - Parameters:
    ///   - store: S3.
    ///   - settings: What archives are like, and as what they are stored.
    ///   - run: The run's id, which every record carries.
    ///   - now: Seconds since 1970.
    ///   - copy: What copies objects over the largest size beside the archive.
    public init(
        store: any BundleStore, settings: RunSettings, run: String, now: @escaping @Sendable () -> Int64,
        copy: @escaping Copy
    ) {
        self.store = store
        self.settings = settings
        self.run = run
        self.now = now
        self.copy = copy
    }

    /// Makes a bundle, or finishes what an earlier attempt began.
    ///
    /// Nothing is thrown: what ends it is in the outcome. When the calling task is cancelled it stops within seconds,
    /// and leaves nothing that could be taken for a bundle.
    ///
    /// - Parameters:
    ///   - request: What to make of what.
    ///   - record: Given the record of every object that failed as it fails, and of every other once archive and index
    ///     are proven; without it the index is not read again for them.
    /// - Returns: What became of it.
    public func bundle(
        _ request: BundleRequest, record: ((TaskRecord) async throws -> Void)? = nil
    ) async -> BundleOutcome {
        await BundleRun(self, request, record).run()
    }

    /// Says what `bundle` would make, without making it: nothing is read but the manifest.
    public func plan(_ request: BundleRequest) async -> BundleOutcome {
        await BundleRun(self, request, nil).plan()
    }
}
