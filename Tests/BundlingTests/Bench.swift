import Archives
import Bundling
import HTTPTransport
import Jobs
import Manifests
import S3
import Testing

/// A store and a bundler, set up for a test.
struct Bench: Sendable {
    let store = FakeStore()
    let letters = FakeDeadLetters()
    let records = Locked<[TaskRecord]>([])
    let copied = Locked<[CopyTask]>([])
    var settings = RunSettings()
    var concurrency = 4
    var rows: [ManifestRow] = []
    var name = "m"
    var identity = "manifest"
    var written: Int64 = 1_794_000_000
    var now: Int64 = 1_795_000_000
    /// The run that is said; else the request's own.
    var run: String? = "run"

    /// Puts objects with a few bytes of their own, and lists them.
    mutating func fill(_ keys: [String]) {
        for key in keys { store.put(key, Array("content of \(key)".utf8)) }
        rows += keys.map { ManifestRow(bucket: "source", key: $0) }
    }

    func bundler(run: String) -> Bundler {
        var bundler = Bundler(store: store, settings: settings, run: run, now: { [now] in now }) {
            [store, copied] task in
            copied.withLock { $0.append(task) }
            var record = TaskRecord(run: "run", source: task.source, destination: task.destination, outcome: .copied)
            store.state.withLock { $0.objects[task.destination] = $0.objects[task.source.plain] }
            record.sourceETag = store.object(task.source.key, bucket: task.source.bucket)?.head.eTag
            return record
        }
        bundler.concurrency = concurrency
        return bundler
    }

    func bundle(letters: (any DeadLetterPlace)? = nil) async -> BundleOutcome {
        let destination = ObjectPrefix(bucket: "archives", prefix: "x")
        let request = BundleRequest(
            name: name, destination: destination, identity: identity, written: written,
            deadLetters: letters ?? self.letters
        ) { await source() }
        return await bundler(run: run ?? request.ownRun).bundle(request) { [records] record in
            records.withLock { $0.append(record) }
        }
    }

    private func source() async -> RowSource {
        var rest = rows[...]
        return { rest.popFirst() }
    }

    /// The entries of a bundle's index.
    func index(_ outcome: BundleOutcome) throws -> [IndexEntry] {
        let place = try #require(outcome.index)
        var bytes = try #require(store.object(place.key, bucket: place.bucket)).bytes[...]
        var reader = try IndexReader()
        var entries: [IndexEntry] = []
        while let entry = try reader.next(&bytes) { entries.append(entry) }
        try reader.finish()
        return entries
    }

    /// What the index finds in the archive, by key.
    func contents(_ outcome: BundleOutcome) throws -> [String: String] {
        let archive = try #require(outcome.archive)
        let bytes = try #require(store.object(archive.key, bucket: archive.bucket)).bytes
        var found: [String: String] = [:]
        for entry in try index(outcome) {
            let location = try #require(entry.location)
            var reader = try MemberReader(location, crc32: entry.crc32)
            var frame = bytes[Int(location.frameOffset)...].prefix(Int(location.frameLength))
            var content: [UInt8] = []
            while case let piece = try reader.read(&frame), !piece.isEmpty { content += piece }
            try reader.finish()
            found[entry.key] = String(decoding: content, as: UTF8.self)
        }
        return found
    }
}

/// Dead letters in memory.
final class FakeDeadLetters: DeadLetterPlace {
    let lines = Locked<[String]>([])

    private let left = Locked<[String: LeftLetters]>([:])

    func open(attempt: String) async throws -> any DeadLetterSink { Sink(self, attempt) }

    func left(by attempt: String) async throws -> LeftLetters? { left.withLock { $0[attempt] } }

    private final class Sink: DeadLetterSink {
        private let place: FakeDeadLetters
        private let attempt: String
        private var lines: [String] = []

        init(_ place: FakeDeadLetters, _ attempt: String) { (self.place, self.attempt) = (place, attempt) }

        func append(_ line: [UInt8]) async throws { lines.append(String(decoding: line, as: UTF8.self)) }

        func finish() async throws -> String? {
            place.lines.withLock { [lines] in $0 += lines }
            guard !lines.isEmpty else { return nil }
            var left = LeftLetters(place: "letters")
            for line in lines { left.add(Array(line.utf8)) }
            place.left.withLock { [left] in $0[attempt] = left }
            return left.place
        }

        func discard() async { lines = [] }
    }
}
