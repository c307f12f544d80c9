import AWSCore
import HTTPTransport
import Jobs
import Manifests
import S3
import Testing

@testable import Queueing

@Suite struct QueueWorkerTests {
    /// What bundles a worker was asked for, and how they end.
    final class World: Sendable {
        struct State {
            var bundles: [CollectedBundle] = []
            var manifests: [ObjectReference] = []
            var lines: [String] = []
            /// Keys of objects that cannot be archived.
            var failing: Set<String> = []
            var status = BundleEnd.Status.done
            var failingManifests: Set<String> = []
        }

        let state = Locked(State())
        let claims = FakeClaims()
        let meter = WorkMeter()

        var bundled: [[String]] { state.withLock { $0.bundles.map { $0.rows.map(\.key) } } }

        func actions(before: (@Sendable () async -> Void)? = nil) -> WorkActions {
            WorkActions(
                part: { row, settings in
                    if settings["S3HAUL_TO"] == "wrong" { throw QueueingError("no place") }
                    return settings["S3HAUL_ARCHIVE_NAME"] == "{day}" ? String(row.key.prefix(1)) : ""
                },
                claims: { [claims] _ in claims },
                bundle: { [state] bundle in
                    await before?()
                    return state.withLock { state in
                        state.bundles.append(bundle)
                        var end = BundleEnd(state.status)
                        guard state.status == .done else { return end }
                        let rows = bundle.rows.filter { !state.failing.contains($0.key) }
                        end.archived = Set(rows.map(\.object))
                        end.archivedCount = Int64(rows.count)
                        end.failedCount = Int64(bundle.rows.count - rows.count)
                        return end
                    }
                },
                bundleManifest: { [state] manifest, _, isHeld in
                    #expect(isHeld())
                    return state.withLock { state in
                        state.manifests.append(manifest)
                        return BundleEnd(state.failingManifests.contains(manifest.key) ? .failed : .done)
                    }
                })
        }

        func worker(
            _ queue: FakeQueue, _ change: (inout WorkOptions) -> Void = { _ in },
            before: (@Sendable () async -> Void)? = nil
        ) -> QueueWorker {
            var options = WorkOptions()
            options.idleExit = .zero
            change(&options)
            return QueueWorker(
                queue, options: options, actions: actions(before: before), meter: meter,
                report: { [state] line in state.withLock { $0.lines.append(line) } })
        }
    }

    static func object(_ key: String, run: String = "r", settings: [String: String] = [:]) -> String {
        QueueMessage.object(ManifestRow(bucket: "b", key: key, size: 1), run: run, settings: settings).body
    }

    static func manifest(_ key: String) -> String { #"{"Bucket":"jobs","Key":"\#(key)"}"# }

    @Test func objectsOfOneRunBecomeOneBundle() async throws {
        let queue = FakeQueue((0..<25).map { Self.object("k\($0)") } + [Self.object("x", run: "s")])
        let world = World()
        #expect(try await world.worker(queue).run(queue.facts))
        #expect(world.bundled.map(\.count).sorted() == [1, 25])
        #expect(queue.deleted.count == 26)
        #expect(await world.meter.totals.archived == 26)
    }

    @Test func objectsOfOneDayBecomeOneBundleWhereTheNameSaysTheDay() async throws {
        let settings = ["S3HAUL_ARCHIVE_NAME": "{day}"]
        let queue = FakeQueue(["1a", "2a", "1b", "2b", "1c"].map { Self.object($0, settings: settings) })
        let world = World()
        _ = try await world.worker(queue).run(queue.facts)
        #expect(Set(world.bundled.map { Set($0) }) == [["1a", "1b", "1c"], ["2a", "2b"]])
    }

    /// Jobs of one run may send objects to several places through one queue.
    @Test func objectsForOtherPlacesAreInNoBundleOfThis() async throws {
        let places = ["s3://one/", "s3://two/", "s3://one/deeper/"]
        let queue = FakeQueue(
            (0..<12).map { Self.object("k\($0)", settings: ["S3HAUL_TO": places[$0 % places.count]]) })
        let world = World()
        _ = try await world.worker(queue).run(queue.facts)
        let found = world.state.withLock { state in
            state.bundles.map { ($0.lot.settings["S3HAUL_TO"], $0.rows.map(\.key).sorted()) }
        }
        #expect(found.count == places.count)
        for (number, place) in places.enumerated() {
            let keys = stride(from: number, to: 12, by: places.count).map { "k\($0)" }.sorted()
            #expect(found.contains { $0.0 == place && $0.1 == keys }, "\(place)")
        }
        #expect(queue.deleted.count == 12)
    }

    @Test func anObjectThatIsQueuedTwiceIsArchivedOnceAndBothMessagesGo() async throws {
        let queue = FakeQueue([Self.object("a"), Self.object("b"), Self.object("a")])
        let world = World()
        _ = try await world.worker(queue).run(queue.facts)
        #expect(world.bundled.map { $0.sorted() } == [["a", "b"]])
        #expect(queue.deleted.count == 3)
        // Later, and by another worker.
        let again = FakeQueue([Self.object("b")])
        _ = try await world.worker(again).run(again.facts)
        #expect(world.bundled.count == 1)
        #expect(again.deleted.count == 1)
        #expect(await world.meter.totals.repeated == 1)
    }

    @Test func whatCannotBeArchivedGoesToTheDeadLetterQueueAndNothingElseDoes() async throws {
        let queue = FakeQueue([Self.object("good"), Self.object("bad")])
        let world = World()
        world.state.withLock { $0.failing = ["bad"] }
        #expect(try await world.worker(queue).run(queue.facts))
        #expect(queue.deleted == [Self.object("good")])
        #expect(queue.dead == [Self.object("bad")])
    }

    @Test(arguments: ["nonsense", #"{"schema":9}"#, object("k", settings: ["S3HAUL_TO": "wrong"])])
    func poisonGoesToTheDeadLetterQueueAndIsExplained(_ body: String) async throws {
        let queue = FakeQueue([body, Self.object("good")], maxReceiveCount: 2)
        let world = World()
        #expect(try await world.worker(queue).run(queue.facts))
        #expect(queue.dead == [body])
        #expect(queue.deleted == [Self.object("good")])
        #expect(world.state.withLock { $0.lines.count { $0.contains("is given back") } } == 2)
        #expect(await world.meter.totals.poison == 2)
    }

    @Test func withoutARedrivePolicyPoisonIsNotTakenAgainAtOnce() async throws {
        let queue = FakeQueue(["nonsense"], maxReceiveCount: nil)
        let world = World()
        #expect(try await world.worker(queue).run(queue.facts))
        #expect(queue.visible.isEmpty)
        #expect(queue.deleted.isEmpty)
        #expect(await world.meter.totals.poison == 1)
    }

    /// S3's test event ended S3Bundler.
    @Test func whatAsksForNothingIsDeleted() async throws {
        let queue = FakeQueue([
            #"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}"#, #"{"Records":[]}"#,
        ])
        let world = World()
        _ = try await world.worker(queue).run(queue.facts)
        #expect(queue.deleted.count == 2)
        #expect(await world.meter.totals.ignored == 2)
    }

    /// S3Bundler deleted a message of several records when the first was done.
    @Test func aMessageOfSeveralManifestsGoesWhenAllAreDone() async throws {
        func record(_ key: String) -> String {
            #"{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"jobs"},"#
                + #""object":{"key":"\#(key)"}}}"#
        }
        let body = #"{"Records":[\#(record("a")),\#(record("b"))]}"#
        let world = World()
        world.state.withLock { $0.failingManifests = ["b"] }
        let queue = FakeQueue([body], maxReceiveCount: 2)
        _ = try await world.worker(queue).run(queue.facts)
        #expect(queue.deleted.isEmpty)
        #expect(queue.dead == [body])
        world.state.withLock { $0.failingManifests = [] }
        let again = FakeQueue([body])
        _ = try await world.worker(again).run(again.facts)
        #expect(again.deleted == [body])
        #expect(world.claims.names.allSatisfy { $0.hasPrefix("manifests/") })
    }

    @Test func aBundleThatIsNotDoneGivesItsMessagesBack() async throws {
        let queue = FakeQueue([Self.object("a"), Self.object("b")], maxReceiveCount: 2)
        let world = World()
        world.state.withLock { $0.status = .failed }
        #expect(try await world.worker(queue).run(queue.facts))
        #expect(queue.deleted.isEmpty)
        #expect(queue.dead.count == 2)
        #expect(await world.meter.totals.failedBundles > 0)
        // Every attempt is of the same bundle.
        #expect(Set(world.state.withLock { $0.bundles.map(\.identity) }).count == 1)
    }

    @Test func itEndsAfterSoManyBundles() async throws {
        let queue = FakeQueue((0..<5).map { Self.manifest("m\($0)") })
        let world = World()
        #expect(try await world.worker(queue) { $0.maxJobs = 2 }.run(queue.facts))
        #expect(world.state.withLock { $0.manifests.count } == 2)
        #expect(queue.deleted.count == 2)
        #expect(queue.visible.count == 3)
    }

    @Test func whoIsToldToStopGivesEverythingBack() async throws {
        let queue = FakeQueue((0..<25).map { Self.object("k\($0)") })
        let world = World()
        let (began, continuation) = AsyncStream.makeStream(of: Void.self)
        let worker = world.worker(
            queue, { $0.limits.count = 10 },
            before: {
                continuation.yield()
                try? await Task.sleep(for: .seconds(3600))
            })
        world.state.withLock { $0.status = .interrupted }
        let task = Task { try await worker.run(queue.facts) }
        for await _ in began { break }
        task.cancel()
        #expect(try await task.value == false)
        #expect(queue.visible.count == 25)
        #expect(queue.deleted.isEmpty)
    }

    @Test func aQueueThatCannotBeReadEndsIt() async throws {
        let queue = FakeQueue([])
        let error = ServiceError(status: 400, code: "QueueDoesNotExist", message: "no such queue")
        queue.state.withLock {
            $0.error = AWSError(.service(error), operation: "ReceiveMessage", subject: "q", attempts: 1)
        }
        await #expect(throws: AWSError.self) { try await World().worker(queue).run(queue.facts) }
    }

    @Test func factsOfAQueueAreReadInBothForms() {
        #expect(QueueFacts(["RedrivePolicy": #"{"maxReceiveCount":5}"#]).maxReceiveCount == 5)
        #expect(QueueFacts(["RedrivePolicy": #"{"maxReceiveCount":"5"}"#]).maxReceiveCount == 5)
        #expect(QueueFacts(["ApproximateNumberOfMessages": "12"]).waiting == 12)
        #expect(QueueFacts([:]).maxReceiveCount == nil)
    }
}
