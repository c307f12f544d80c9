import AWSCore
import HTTPTransport
import S3
import Testing

@testable import Commands

@Suite struct CopyFinderTests {
    /// A listing of keys, in the order in which they are given, that counts what it was asked.
    final class Shelf: Sendable {
        let keys: [String]
        let starts = Locked<[String?]>([])
        let read = Locked(0)
        let told = Locked<[AWSError]>([])
        let failure: AWSError?

        init(_ keys: [String], failure: AWSError? = nil) {
            self.keys = keys
            self.failure = failure
        }

        var finder: CopyFinder {
            CopyFinder { startAfter in
                self.starts.withLock { $0.append(startAfter) }
                let start = startAfter ?? ""
                var rest = self.keys.filter { start.utf8.lexicographicallyPrecedes($0.utf8) }[...]
                return { () async throws(AWSError) in
                    if let failure = self.failure { throw failure }
                    self.read.withLock { $0 += 1 }
                    return rest.popFirst().map { ListedObject(key: $0, size: 1) }
                }
            } giveUp: { error in
                self.told.withLock { $0.append(error) }
            }
        }
    }

    @Test(arguments: [
        ("all", ["a", "b", "c"], ["a", "b", "c"], ["a", "b", "c"]),
        ("none", [], ["a", "b"], []),
        ("gaps on both sides", ["a", "c", "d", "f"], ["b", "c", "e", "f", "g"], ["c", "f"]),
        ("by bytes, not by characters", ["e\u{301}", "z", "\u{e9}"], ["e\u{301}", "\u{e9}"], ["e\u{301}", "\u{e9}"]),
        ("looks the same", ["\u{e9}"], ["e\u{301}"], []),
        ("behind the first plane", ["\u{ffee}", "\u{1f3a5}"], ["\u{ffee}", "\u{1f3a5}"], ["\u{ffee}", "\u{1f3a5}"]),
        ("one again", ["a"], ["a", "a"], ["a", "a"]),
    ])
    func findsWhatIsThere(_ name: String, _ there: [String], _ wanted: [String], _ expected: [String]) async throws {
        var finder = Shelf(there).finder
        var found: [String] = []
        for key in wanted {
            if let copy = try await finder.copy(at: key) { found.append(copy.key) }
        }
        #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(name)")
    }

    @Test func passesOverWhatLiesFarBetween() async throws {
        let shelf = Shelf((100_000..<200_000).map { "k\($0)" })
        var finder = shelf.finder
        #expect(try await finder.copy(at: "k100500")?.key == "k100500")
        #expect(try await finder.copy(at: "k199995")?.key == "k199995")
        #expect(try await finder.copy(at: "k199999")?.key == "k199999")
        #expect(shelf.starts.withLock(\.self) == [nil, "k19999"])
        #expect(shelf.read.withLock(\.self) < 2_000)
    }

    @Test(arguments: [("AccessDenied", 403, true), ("NoSuchBucket", 404, true), ("SlowDown", 503, false)])
    func goesOnWithoutAListingThatIsRefused(_ code: String, _ status: Int, _ isForGood: Bool) async throws {
        let error = AWSError(
            .service(.init(status: status, code: code)), operation: "ListObjectsV2", subject: "s3://b/", attempts: 1)
        let shelf = Shelf(["a"], failure: error)
        var finder = shelf.finder
        guard isForGood else {
            await #expect(throws: AWSError.self) { _ = try await finder.copy(at: "a") }
            return
        }
        #expect(try await finder.copy(at: "a") == nil)
        #expect(try await finder.copy(at: "b") == nil)
        #expect(shelf.told.withLock(\.count) == 1)
    }
}
