internal import AWSCore
internal import Archives
internal import HTTPTransport
internal import Jobs
internal import Manifests
internal import S3

/// One go at a bundle: reads every object once, and stores archive, dead letters and index, in this order.
final class ArchiveAttempt {
    /// How an attempt ended.
    enum Result {
        /// Archive and index are there, or there is nothing to archive.
        case stored(BundleOutcome)
        /// An object could not be read to its end: the archive has a part of it, and is made anew without it.
        case lost(ordinal: Int, BundleFailure)
        /// Somebody else has stored something under one of its names, or finished the bundle.
        case taken
        /// The archive of an earlier attempt is there, with other bytes and without an index.
        case superseded
    }

    let bundler: Bundler
    let place: BundlePlace
    let mark: String
    private let name: String
    let letters: any DeadLetterSink
    private let record: ((TaskRecord) async throws -> Void)?
    let superseded: [BundlePlace]
    var outcome = BundleOutcome(.finished)
    /// The entries of members whose place in the archive is not known yet, in order.
    private var drafts: ArraySlice<IndexEntry> = []
    private var beside: [FetchedObject] = []
    private var failuresInARow = 0
    private let tagAccess = TagAccess()
    var indexes: [IndexUpload] = []

    init(
        _ bundler: Bundler, _ place: BundlePlace, mark: String, name: String,
        letters: any DeadLetterSink,
        record: ((TaskRecord) async throws -> Void)?, superseded: [BundlePlace]
    ) {
        self.bundler = bundler
        self.place = place
        self.mark = mark
        self.name = name
        self.letters = letters
        self.record = record
        self.superseded = superseded
    }

    private var settings: RunSettings { bundler.settings }
    var store: any BundleStore { bundler.store }

    /// Carries the attempt out.
    ///
    /// - Parameters:
    ///   - first: The first row.
    ///   - rows: The others.
    ///   - lost: Objects that cannot be read to their end, by their place in the manifest.
    /// - Returns: How it ended.
    /// - Throws: What ends the bundle; what was uploaded is given up before.
    func run(first: ManifestRow, rows: @escaping RowSource, lost: [Int: BundleFailure]) async throws -> Result {
        if settings.bundle.deletesSource, let cold = settings.copy.storageClass, Restoration.isArchive(cold) {
            throw BundleFailure.unreadable(cold)
        }
        let headers = settings.archiveHeaders(mark: mark, now: bundler.now())
        indexes = [IndexUpload(.jsonLines, place, headers, attempt: name, store)]
        if settings.bundle.indexFormat == .csv {
            indexes.insert(IndexUpload(.csv, place, headers, attempt: name, store), at: 0)
        }
        var uploads: [ObjectUpload] = indexes.map(\.upload)
        do {
            let result = try await withThrowingTaskGroup(of: CompletedPart.self) { group in
                let archive = ObjectUpload(place.archive, as: headers, store, uploads: PartUploads(group))
                uploads.append(archive)
                try await write(archive, first, rows, lost)
                return try await commit(archive)
            }
            if case .stored = result { await abortLeftovers() } else { await giveUp(uploads) }
            return result
        } catch let error as LostObject {
            await giveUp(uploads)
            return .lost(ordinal: error.ordinal, error.failure)
        } catch let error as AWSError where error.code == "NoSuchUpload" {
            // Who was faster has aborted what was under way for the same name.
            await giveUp(uploads)
            return .taken
        } catch {
            await giveUp(uploads)
            throw error
        }
    }

    // MARK: - The archive

    private func write(
        _ archive: ObjectUpload, _ first: ManifestRow, _ rows: @escaping RowSource, _ lost: [Int: BundleFailure]
    ) async throws {
        let fetcher = ObjectFetcher(
            store: store, maxSize: min(settings.bundle.maxSize, ArchiveLimit.mostBytes),
            requesterPays: settings.copy.requesterPays, keepsGrants: settings.copy.copiesACL, tagAccess: tagAccess)
        try await withThrowingTaskGroup(of: (Int, Fetched).self) { group in
            let objects = ObjectPipeline(
                group, fetcher, concurrency: bundler.concurrency, lost: lost, first: first, rows: rows)
            try await ArchiveWriter.write(
                settings.bundle.archiveOptions,
                to: { output in
                    switch output {
                    case .bytes(let bytes): try await archive.append(bytes)
                    case .member(let stored): try await self.index(stored)
                    }
                },
                members: { writer in
                    while let fetched = try await objects.next() { try await self.take(fetched, &writer) }
                })
        }
        outcome.archiveSize = archive.size
    }

    private func take(_ fetched: Fetched, _ writer: inout ArchiveWriter) async throws {
        switch fetched {
        case .ended(let failure): throw failure
        case .failed(let letter, _):
            try await fail(letter)
            if letter.failure.mayPass { failuresInARow += 1 } else { failuresInARow = 0 }
            // With the network gone every object fails, and nothing is gained by trying them all.
            if failuresInARow > 2 * bundler.concurrency { throw letter.failure }
            return
        case .object(var object):
            if let letter = try await addTags(&object) {
                return try await take(.failed(letter, ordinal: object.ordinal), &writer)
            }
            failuresInARow = 0
            if case .oversize = object.content { return try await keepBeside(object, &writer) }
            try await add(object, &writer)
            bundler.progress?(object.head.contentLength)
        }
    }

    /// Asks for an object's tags where its reply did not say whether it has any, and nobody knows what that means.
    ///
    /// Objects come here one after the other, so that one request a bucket is enough.
    ///
    /// - Returns: Why the object cannot be archived; mostly `nil`.
    private func addTags(_ object: inout FetchedObject) async throws -> DeadLetter? {
        let bucket = object.row.bucket
        if !object.hasAllTags {
            do throws(AWSError) {
                if [nil, .uncounted].contains(tagAccess[bucket]) {
                    object.tags = try await tagAccess.ask(
                        object.reference, store, requesterPays: settings.copy.requesterPays)
                }
            } catch {
                return DeadLetter(row: object.row, failure: BundleFailure(error))
            }
            if case .refused(let code) = tagAccess[bucket] { object.tagsError = code }
        }
        guard let code = object.tagsError else { return nil }
        if settings.bundle.deletesSource { throw BundleFailure.tagsRefused(bucket, code: code) }
        outcome.tagsUnknown += 1
        return nil
    }

    private func add(_ object: FetchedObject, _ writer: inout ArchiveWriter) async throws {
        let member = ArchiveMember(
            key: "\(object.row.bucket)/\(object.row.key)", size: object.head.contentLength,
            modified: object.head.modified ?? 0, contentType: object.head.properties.contentType)
        try ArchiveLimit.check(outcome.bytes, and: object.head.contentLength)
        var entry = IndexEntry(object, archive: place.archive.uri)
        if case .whole(let bytes) = object.content {
            drafts.append(entry)
            try await computing(on: bytes.count) { try await writer.add(member, bytes) }
        } else {
            try await writer.begin(member)
            let md5 = try await read(object, &writer)
            if object.head.md5 == nil { entry.md5 = md5 }
            drafts.append(entry)
            try await writer.end()
        }
        outcome.archived += 1
        outcome.bytes += object.head.contentLength
    }

    private func read(_ object: FetchedObject, _ writer: inout ArchiveWriter) async throws -> String? {
        let large = LargeObject(store: store, object: object, requesterPays: settings.copy.requesterPays)
        let md5: String?
        do {
            md5 = try await computing(on: .max) { try await large.read { try await writer.write($0) } }
        } catch let error as AWSError where !error.isCancellation && error.operation == "GetObject" {
            let failure = error.code == "PreconditionFailed" ? .changed(object.row.reference) : BundleFailure(error)
            throw LostObject(ordinal: object.ordinal, failure: failure)
        }
        if let expected = object.head.md5, let md5, expected != md5 {
            let message = "\(object.row.reference): the bytes have the MD5 \(md5), the ETag says \(expected)"
            throw LostObject(
                ordinal: object.ordinal, failure: BundleFailure("GetObject", message, code: "BadDigest"))
        }
        return md5
    }

    private func index(_ stored: StoredMember) async throws {
        guard var entry = drafts.popFirst() else { return }
        entry.member = stored.name
        entry.crc32 = stored.crc32
        entry.location = stored.location
        for index in indexes { try await index.append(entry) }
    }

    private func fail(_ letter: DeadLetter) async throws {
        outcome.failed += 1
        try await letters.append(letter.line)
        let failed = letter.record(run: bundler.run)
        await bundler.failure?(failed)
        try await record?(failed)
    }

    // MARK: - Objects beside the archive

    private func keepBeside(_ object: FetchedObject, _ writer: inout ArchiveWriter) async throws {
        guard beside.count < BesideCopies.most else {
            let failure = BundleFailure(
                "Bundle", "\(object.reference) is one of more than \(BesideCopies.most) objects over --max-size",
                code: "TooManyObjects", advice: "make another bundle of these dead letters, or copy them by s3haul copy"
            )
            return try await take(
                .failed(DeadLetter(row: object.row, failure: failure), ordinal: object.ordinal), &writer)
        }
        beside.append(object)
    }

    /// Copies what is too large, once the archive has its name, by which the copies are called.
    func copyBeside() async throws {
        try await BesideCopies(bundler, place).make(beside) { object, made in
            switch made {
            case .failure(let failure): try await self.fail(DeadLetter(row: object.row, failure: failure))
            case .success(let entry):
                for index in self.indexes { try await index.append(entry) }
                self.outcome.archived += 1
                self.outcome.beside += 1
                self.outcome.bytes += entry.size
                self.bundler.progress?(entry.size)
            }
        }
    }

    // MARK: - What is left behind

    /// Aborts uploads of the archive and its index that an attempt before left when it was killed.
    ///
    /// Who else has one under way, of this bundle or another, has lost the race for the name, and finds out so.
    private func abortLeftovers() async {
        let copies = beside.map { place.beside($0.reference) }
        let ours = Set([place.archive] + indexes.map(\.upload.object) + copies)
        await store.abortUploads(under: place.archive) { ours.contains($0) }
    }

    private func giveUp(_ uploads: [ObjectUpload]) async {
        await letters.discard()
        let pending = uploads.compactMap(\.pending)
        guard !pending.isEmpty else { return }
        await uncancelled { [store] in
            for upload in pending { try? await store.abortMultipartUpload(upload) }
        }
    }
}

/// An object whose reading ended in the middle of its member.
private struct LostObject: Error {
    var ordinal: Int
    var failure: BundleFailure
}
