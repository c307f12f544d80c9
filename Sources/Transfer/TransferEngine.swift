public import Jobs
public import S3

/// Copies objects on the server side and proves the copies: by one CopyObject, or part by part, resumably.
///
/// What becomes of a task is always a record; nothing is thrown. When the calling task is cancelled, a transfer stops
/// within a few seconds, keeps its checkpoint, and its record says `interrupted`.
public struct TransferEngine: Sendable {
    let store: any ObjectStore
    let settings: CopySettings
    let run: String
    let checkpoints: (any CheckpointStore)?
    let worker: WorkerIdentity
    let clock: TransferClock
    let copied: @Sendable (CopyTask, Int64) -> Void

    /// Makes an engine.
    ///
    /// - Parameters:
    ///   - store: S3.
    ///   - settings: How objects are copied.
    ///   - run: The run's id, which every record carries.
    ///   - checkpoints: Where checkpoints are kept; with `nil`, a transfer that is cut off begins anew.
    ///   - worker: Who carries the transfers out.
    ///   - clock: The time.
    ///   - copied: Is told of each part of a large object that is copied, by its size in bytes, before the record of
    ///     the whole comes.
    public init(
        store: any ObjectStore, settings: CopySettings, run: String, checkpoints: (any CheckpointStore)? = nil,
        worker: WorkerIdentity = .current(environment: [:]), clock: TransferClock = .system,
        copied: @escaping @Sendable (CopyTask, Int64) -> Void = { _, _ in }
    ) {
        self.store = store
        self.settings = settings
        self.run = run
        self.checkpoints = checkpoints
        self.worker = worker
        self.clock = clock
        self.copied = copied
    }

    /// Copies an object, whatever its size.
    ///
    /// An identical object at the destination is left as it is, and the record says `unchanged`. At most five requests
    /// are sent beside one a part; to those come one for a large source's tags, one for its ACL where that is copied, one
    /// a source part but the last where their boundaries are read, and those to a checkpoint location in S3.
    public func copy(_ task: CopyTask) async -> TaskRecord {
        await Attempt(self, task).record { attempt throws(TransferFailure) in
            let source = try await attempt.headSource()
            try await attempt.copy(source)
        }
    }

    /// Copies an object by one CopyObject, for a caller that has asked HeadObject of both sides already.
    ///
    /// It sends that one request, and another only where CopyObject's reply proves nothing, where tags are too long for
    /// a header, or where an ACL is copied. The copy has the same properties as one made part by part.
    ///
    /// - Parameters:
    ///   - task: The source and the destination.
    ///   - source: What HeadObject said of the source, which must not be larger than CopyObject takes.
    /// - Returns: What became of it.
    public func copyWhole(_ task: CopyTask, source: HeadObjectOutput) async -> TaskRecord {
        await Attempt(self, task).record { attempt throws(TransferFailure) in
            try attempt.requireReadable(source)
            let wanted = attempt.properties(of: source)
            try await attempt.copyWhole(source, wanted, condition: attempt.absence)
        }
    }

    /// Copies an object that a listing has shown, by one CopyObject and nothing else wherever the reply proves it.
    ///
    /// S3 itself copies tags, metadata and Content-* headers, and the storage class is known from the listing. A
    /// listing does not show a website redirect, Object Lock or an ACL, and such an object is copied without them;
    /// `copy` keeps them. It is also what copies an object that needs more than one CopyObject.
    ///
    /// - Parameters:
    ///   - task: The source and the destination.
    ///   - source: What the listing says of the source, which must still have that ETag.
    ///   - destination: What a listing says of the destination; `nil` where nothing is there, or nothing is known. With
    ///     the source's ETag, written after the source and in the class that is wanted it is left as it is, without a
    ///     request; where it may be the copy but a listing does not prove it, both sides are looked at first.
    /// - Returns: What became of it.
    public func copyListed(
        _ task: CopyTask, source: ListedObject, destination: ListedObject?
    ) async -> TaskRecord {
        switch ListedCopy(source, destination, settings) {
        case .same: return await unchanged(task, source, destination)
        case .unclear: return await copy(task)
        case .missing: break
        }
        var listed = HeadObjectOutput(contentLength: source.size, eTag: source.eTag ?? "")
        listed.properties.storageClass = source.storageClass
        let needsMore =
            !TransferPlan.isWhole(size: source.size, wishes: wishes) || settings.copiesACL
            || settings.verification == .deep || listed.eTag.isEmpty || Restoration.isArchived(listed)
        if needsMore { return await copy(task) }
        return await Attempt(self, task).record { [listed] attempt throws(TransferFailure) in
            attempt.note(listed: source)
            let wanted = attempt.properties(of: listed)
            try await attempt.copyWhole(listed, wanted, condition: attempt.absence)
        }
    }

    /// Says what `copyListed` would do, without doing it.
    public func planListed(
        _ task: CopyTask, source: ListedObject, destination: ListedObject?
    ) async -> TaskRecord {
        guard ListedCopy(source, destination, settings) == .same else { return await plan(task) }
        return await unchanged(task, source, destination)
    }

    private func unchanged(
        _ task: CopyTask, _ source: ListedObject, _ destination: ListedObject?
    ) async -> TaskRecord {
        await Attempt(self, task).record { attempt throws(TransferFailure) in
            attempt.note(listed: source)
            attempt.note {
                $0.outcome = .unchanged
                $0.proof = .eTag
                $0.destinationETag = destination?.eTag
            }
        }
    }

    /// Says what `copy` would do, without doing it.
    public func plan(_ task: CopyTask) async -> TaskRecord {
        await Attempt(self, task).record { attempt throws(TransferFailure) in
            let source = try await attempt.headSource()
            try await attempt.plan(source)
        }
    }

    var wishes: TransferPlan.Wishes {
        .init(wholeLimit: settings.inlineLimit, partSize: settings.partSize, parallelism: settings.parallelism)
    }

    var payer: Payer { settings.requesterPays ? .requester : .owner }
}
