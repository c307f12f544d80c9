import Glibc
import HTTPTransport
import Jobs
import S3
import TestSupport
import Testing

@testable import Transfer

@Suite struct CheckpointTests {
    static let me = WorkerIdentity(host: "here", process: 100, batchJob: "job", batchAttempt: 2)

    static func checkpoint(_ change: (inout Checkpoint) -> Void = { _ in }) -> Checkpoint {
        var checkpoint = Checkpoint(
            state: .running, source: .init(bucket: "a", key: "k"), sourceETag: "e",
            destination: .init(bucket: "b", key: "k"), settings: "digest", size: 20 << 20,
            layout: PartLayout(size: 20 << 20, partSize: 5 << 20), owner: me, attempt: "1", heartbeat: 1_000,
            started: 990, uploadId: "u")
        change(&checkpoint)
        return checkpoint
    }

    struct Finding: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var found: Checkpoint?
        var isQuiet = false
        var runs = true
        var step: NextStep
    }

    static let layout = PartLayout(size: 20 << 20, partSize: 5 << 20)
    static let resumes: NextStep? = layout.map { .resume(uploadId: "u", layout: $0, started: 990) }
    static let result = Checkpoint.Result(eTag: "d", versionId: nil, proof: .eTag)

    static let findings: [Finding] = [
        Finding(testDescription: "unreadable", found: nil, step: .start),
        Finding(
            testDescription: "finished",
            found: checkpoint {
                $0.state = .done
                $0.result = result
            }, step: .finish(result)),
        Finding(
            testDescription: "finished for another source",
            found: checkpoint {
                $0.state = .done
                $0.result = result
                $0.sourceETag = "other"
            }, step: .start),
        Finding(
            testDescription: "a rival at work", found: checkpoint { $0.owner = .init(host: "there", process: 1) },
            step: .wait),
        Finding(
            testDescription: "a rival that has been silent",
            found: checkpoint {
                $0.owner = .init(host: "there", process: 1)
                $0.heartbeat = 950
            }, step: resumes ?? .start),
        Finding(
            testDescription: "a rival that was watched",
            found: checkpoint { $0.owner = .init(host: "there", process: 1) },
            isQuiet: true, step: resumes ?? .start),
        Finding(
            testDescription: "an earlier attempt of the job", found: checkpoint { $0.owner.batchAttempt = 1 },
            step: resumes ?? .start),
        Finding(testDescription: "the same attempt of the job", found: checkpoint(), step: .wait),
        Finding(
            testDescription: "a dead process of this host",
            found: checkpoint { $0.owner = .init(host: "here", process: 1) }, runs: false, step: resumes ?? .start),
        Finding(
            testDescription: "a live process of this host",
            found: checkpoint { $0.owner = .init(host: "here", process: 1) }, step: .wait),
        Finding(
            testDescription: "given up", found: checkpoint { $0.heartbeat = 0 }, step: resumes ?? .start),
        Finding(
            testDescription: "a heartbeat that overflows", found: checkpoint { $0.heartbeat = .max },
            step: resumes ?? .start),
        Finding(
            testDescription: "other settings",
            found: checkpoint {
                $0.settings = "other"
                $0.heartbeat = 0
            }, step: .abandon(uploadId: "u")),
        Finding(
            testDescription: "no parts",
            found: checkpoint {
                $0.layout = nil
                $0.heartbeat = 0
            }, step: .abandon(uploadId: "u")),
        Finding(
            testDescription: "only intended",
            found: checkpoint {
                $0.state = .intent
                $0.uploadId = nil
                $0.heartbeat = 0
            }, step: .sweep(intents: [995])),
        Finding(
            testDescription: "only intended, and more than once",
            found: checkpoint {
                $0.state = .intent
                $0.uploadId = nil
                $0.heartbeat = 0
                $0.intents = [700, 800]
            }, step: .sweep(intents: [700, 800, 995])),
    ]

    @Test(arguments: findings) func decidesByWhatItFinds(_ row: Finding) {
        let stored = StoredCheckpoint(row.found, token: "t", written: 995)
        let step = NextStep.decide(
            stored, wanted: Self.checkpoint(), now: 1_010, isQuiet: row.isQuiet, isRunning: { _ in row.runs })
        #expect(step == row.step)
    }

    @Test func beginsWhereNothingIs() {
        #expect(NextStep.decide(nil, wanted: Self.checkpoint(), now: 1_010, isRunning: { _ in true }) == .start)
    }

    @Test func takesOnlyItsOwnLeftovers() {
        let uploads = [
            PendingUpload(id: "before", initiated: 998, initiator: "me"),
            PendingUpload(id: "at once", initiated: 999, initiator: "me"),
            PendingUpload(id: "late", initiated: 1_060, initiator: "me"),
            PendingUpload(id: "after", initiated: 1_061, initiator: "me"),
            PendingUpload(id: "other", initiated: 1_000, initiator: "them"),
            PendingUpload(id: "whose", initiated: 1_000),
            PendingUpload(id: "own", initiated: 1_000, initiator: "me"),
            PendingUpload(id: "far", initiated: .min, initiator: "me"),
        ]
        let known = Leftovers.among(uploads, intents: [500, 1_000], own: "own")
        #expect(known.map(\.id) == ["at once", "late"])
        #expect(Leftovers.among(uploads, intents: [1_000], own: "unlisted").isEmpty)
        #expect(Leftovers.among(uploads, intents: [], own: "own").isEmpty)
        // A store that names nobody.
        #expect(Leftovers.among(uploads, intents: [1_000], own: "whose").isEmpty)
    }

    @Test func namesTasksApart() {
        func name(_ source: String, _ version: String?, _ destination: String) -> String {
            Checkpoint.name(
                of: CopyTask(
                    source: .init(bucket: "a", key: source, versionId: version),
                    destination: .init(bucket: "b", key: destination)))
        }
        let names = [
            name("k", nil, "k"), name("k", "1", "k"), name("k1", nil, "k"), name("k", nil, "k1"), name("kk", nil, ""),
        ]
        #expect(Set(names).count == names.count)
        #expect(names[0] == name("k", nil, "k"))
        #expect(names[0].hasSuffix(".json") && names[0].utf8.count == 69)
    }

    @Test func survivesJSON() throws {
        let checkpoint = Self.checkpoint { $0.result = Self.result }
        let bytes = try CheckpointCoding.encode(checkpoint)
        #expect(CheckpointCoding.decode(bytes) == checkpoint)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""schema":1"#))
    }

    @Test(arguments: ["", "{}", "null", "[1", #"{"schema":2}"#]) func takesDamagedCheckpointsForNone(_ text: String) {
        #expect(CheckpointCoding.decode(Array(text.utf8)) == nil)
    }

    @Test func takesALaterFormatForNone() throws {
        let later = try CheckpointCoding.encode(Self.checkpoint { $0.schema = 2 })
        #expect(CheckpointCoding.decode(later) == nil)
    }

    @Test func digestsAllThatADestinationIsLike() {
        var settings = CopySettings()
        let head = DestinationPropertiesTests.source()
        func digest(_ tags: [S3.Tag] = []) -> String {
            DestinationProperties(source: head, tags: tags, settings: settings, now: 0).digest
        }
        var digests = [digest(), digest([S3.Tag(key: "a", value: "b")])]
        settings.storageClass = "GLACIER"
        digests.append(digest())
        settings.acl = "private"
        digests.append(digest())
        settings.metadata = .replace(["a": "b", "c": "d"])
        digests.append(digest())
        #expect(Set(digests).count == digests.count)
        #expect(digests.last == digest())
    }
}
