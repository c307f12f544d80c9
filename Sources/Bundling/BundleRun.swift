internal import AWSCore
internal import Archives
internal import FoundationEssentials
internal import Jobs
internal import Manifests
internal import S3

/// Makes one bundle, in as many attempts as it takes.
struct BundleRun {
    private let bundler: Bundler
    private let request: BundleRequest
    private let record: ((TaskRecord) async throws -> Void)?
    private let mark: String

    /// So often a bundle is begun anew because an object changed while it was read, or a name was taken.
    private static let mostAttempts = 20

    init(_ bundler: Bundler, _ request: BundleRequest, _ record: ((TaskRecord) async throws -> Void)?) {
        self.bundler = bundler
        self.request = request
        self.record = record
        mark = BundleMark.value(of: request.identity)
    }

    func run() async -> BundleOutcome { await outcome { try await carryOut() } }

    func plan() async -> BundleOutcome { await outcome { try await lookAhead() } }

    private func outcome(_ body: () async throws -> BundleOutcome) async -> BundleOutcome {
        do {
            return try await body()
        } catch {
            return BundleOutcome(endedBy: error)
        }
    }

    private func carryOut() async throws -> BundleOutcome {
        var lost: [Int: BundleFailure] = [:]
        try await checkSize()
        /// Places with an archive of this bundle that another attempt may yet store the index of.
        var superseded: [BundlePlace] = []
        for _ in 0..<Self.mostAttempts {
            let rows = try await request.rows()
            guard let first = try await rows() else { return BundleOutcome(.empty) }
            let numbers = try await numbers(of: first)
            let (place, finished) = try await place(for: first, except: superseded, among: numbers)
            if let finished {
                let outcome = try await unchanged(place, finished)
                return try await followUp(place, outcome)
            }
            let result: ArchiveAttempt.Result
            do {
                let name = AttemptName.new(now: bundler.now())
                let attempt = ArchiveAttempt(
                    bundler, place, mark: mark, name: name, letters: try await request.deadLetters.open(attempt: name),
                    record: record, superseded: superseded)
                result = try await withTaskExecutorPreference(bundler.executor) {
                    try await attempt.run(first: first, rows: rows, lost: lost)
                }
            } catch {
                await numbers.release(place.sequence)
                throw error
            }
            switch result {
            case .stored(let outcome):
                if outcome.index == nil { await numbers.release(place.sequence) }
                return try await followUp(place, outcome)
            case .lost(let ordinal, let failure): lost[ordinal] = failure
            case .superseded: superseded.append(place)
            case .taken: continue
            }
        }
        throw BundleFailure(
            "Bundle", "begun anew \(Self.mostAttempts) times, since objects changed while they were read",
            advice: "try again when nothing writes to them", mayPass: true)
    }

    private func checkSize() async throws {
        try await ArchiveLimit.check(try await request.rows(), maxSize: bundler.settings.bundle.maxSize)
    }

    private func lookAhead() async throws -> BundleOutcome {
        try await checkSize()
        let rows = try await request.rows()
        guard let first = try await rows() else { return BundleOutcome(.empty) }
        let (place, finished) = try await place(
            for: first, except: [], among: try await numbers(of: first), takes: false)
        var outcome = BundleOutcome(finished == nil ? .planned : .unchanged)
        outcome.archive = place.archive
        outcome.index = place.index(.jsonLines)
        var row: ManifestRow? = first
        while let listed = row {
            outcome.archived += 1
            outcome.bytes &+= listed.size ?? 0
            if let size = listed.size, size > bundler.settings.bundle.maxSize { outcome.beside += 1 }
            row = try await rows()
        }
        return outcome
    }

    /// What became of a bundle that another attempt has finished: who has heard of that may not have heard what failed.
    private func unchanged(_ place: BundlePlace, _ index: HeadObjectOutput) async throws -> BundleOutcome {
        var outcome = BundleOutcome(.unchanged)
        outcome.archive = place.archive
        outcome.index = place.index(.jsonLines)
        if let attempt = index.properties.metadata[BundleMark.attempt],
            let letters = try await request.deadLetters.left(by: attempt)
        {
            (outcome.failed, outcome.deadLetters) = (letters.count, letters.place)
        }
        return outcome
    }

    /// Where the bundle is finished, or else the first place that is this bundle's own or free; and the index of one that
    /// is finished.
    ///
    /// One that has only the archive may be followed by a finished one, so all are looked at until one is free, but for
    /// those that are known to be of others: a day's thousandth archive costs no more requests than its second.
    private func place(
        for first: ManifestRow, except superseded: [BundlePlace], among numbers: ArchiveNumbers, takes: Bool = true
    ) async throws -> (BundlePlace, finished: HeadObjectOutput?) {
        var sequence = request.sequence
        var unfinished: BundlePlace?
        while true {
            defer { sequence += 1 }
            if numbers.isOthers(sequence) { continue }
            let place = BundlePlace(archive: try archive(of: first, sequence), sequence: sequence)
            let isEmpty = sequence == 1 && numbers.isFirstFree
            if !isEmpty, let index = try await bundler.store.existing(place.index(.jsonLines)) {
                if index.properties.metadata[BundleMark.name] == mark { return (place, index) }
            } else if !isEmpty, let found = try await bundler.store.existing(place.archive) {
                if found.properties.metadata[BundleMark.name] == mark, !superseded.contains(place) {
                    unfinished = unfinished ?? place
                }
            } else if numbers.isTaken(sequence) {
                if try await numbers.isOwn(sequence) { unfinished = unfinished ?? place }
            } else if let unfinished {
                return (unfinished, nil)
            } else {
                guard takes else { return (place, nil) }
                if try await numbers.take(sequence) { return (place, nil) }
            }
        }
    }

    private func numbers(of first: ManifestRow) async throws -> ArchiveNumbers {
        try await ArchiveNumbers(
            of: try archive(of: first, 1), mark: mark, bundler.settings.archiveHeaders(mark: mark, now: bundler.now()),
            bundler.store)
    }

    /// The archive of a number.
    private func archive(of first: ManifestRow, _ sequence: Int) throws(BundleFailure) -> ObjectReference {
        let settings = bundler.settings.bundle
        let name = ArchiveName(
            template: settings.archiveName, name: request.name, run: bundler.run,
            fileExtension: settings.archiveFormat.fileExtension, destination: request.destination)
        return try name.archive(first: first, sequence: sequence, written: request.written)
    }

    /// What is to be done when archive and index are there.
    private func followUp(_ place: BundlePlace, _ outcome: BundleOutcome) async throws -> BundleOutcome {
        guard outcome.index != nil, bundler.settings.bundle.deletesSource || record != nil else { return outcome }
        let index = try await StoredIndex(place.index(.jsonLines), bundler.store)
        if bundler.settings.bundle.deletesSource {
            let deletion = SourceDeletion(bundler, index, place, record)
            return await deletion.run(outcome)
        }
        if let record {
            try await index.forEach { try await record(TaskRecord($0, .archived, run: bundler.run)) }
        }
        return outcome
    }
}

extension TaskRecord {
    /// The record of an object that an index has.
    init(_ entry: IndexEntry, _ outcome: Outcome, run: String) {
        self.init(
            run: run, source: ObjectReference(bucket: entry.bucket, key: entry.key, versionId: entry.versionId),
            destination: try? ObjectReference(uri: entry.archive), outcome: outcome)
        size = entry.size
        sourceETag = entry.eTag
        message = entry.tagsError.map { "archived without its tags: GetObjectTagging was answered with \($0)" }
    }
}
