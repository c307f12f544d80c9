import Archives
import FoundationEssentials
import Testing

@testable import Extraction

@Suite struct FolderTargetTests {
    /// A folder that is gone when the test ends.
    private final class Scratch {
        let path = "\(FileManager.default.temporaryDirectory.path)/s3haul-test-\(UUID().uuidString)"

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func bytes(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
        }

        var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
    }

    private static func member(_ name: String, kind: FoundMember.Kind = .file) throws -> FoundMember {
        var entry = IndexEntry(bucket: "b", key: name, size: 3, archive: "s3://a/x")
        entry.member = name
        entry.lastModified = "2026-11-21T06:00:00Z"
        entry.location = MemberLocation(
            frameOffset: 0, frameLength: 3, encoding: .none, dataOffset: 0, dataLength: 3)
        var member = try FoundMember(entry)
        member.kind = kind
        return member
    }

    private static func restore(_ name: String, _ text: String, to target: FolderTarget) async throws -> Bool {
        let member = try Self.member(name)
        let sink = try target.sink(member, try target.claim(member))
        try await sink.write(Array(text.utf8)[...])
        return try await sink.commit()
    }

    @Test func foldersThatDifferInNormalFormAreTwo() async throws {
        let scratch = Scratch()
        let target = try FolderTarget(scratch.path, replaces: false)
        for (name, text) in [("\u{e9}/a", "one"), ("e\u{301}/a", "two")] {
            #expect(try await Self.restore(name, text, to: target))
        }
        #expect(scratch.names.count == 2)
        #expect(try scratch.bytes("\u{e9}/a") == Array("one".utf8))
        #expect(try scratch.bytes("e\u{301}/a") == Array("two".utf8))
    }

    @Test func aFileIsThereOnlyWhenItIsWhole() async throws {
        let scratch = Scratch()
        let target = try FolderTarget(scratch.path, replaces: false)
        let member = try Self.member("a/b")
        let sink = try target.sink(member, try target.claim(member))
        try await sink.write(Array("one".utf8)[...])
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/a/b"))
        await sink.discard()
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/a") == [])
        #expect(try await Self.restore("a/c", "two", to: target))
        #expect(try scratch.bytes("a/c") == Array("two".utf8))
    }

    @Test func whatIsThereStaysUnlessItIsToBeReplaced() async throws {
        let scratch = Scratch()
        #expect(try await Self.restore("a", "one", to: try FolderTarget(scratch.path, replaces: false)))
        let same = try await Self.restore("a", "one", to: try FolderTarget(scratch.path, replaces: false))
        #expect(!same)
        let refusing = try FolderTarget(scratch.path, replaces: false)
        await #expect(throws: ExtractionError.self) { try await Self.restore("a", "two", to: refusing) }
        #expect(try scratch.bytes("a") == Array("one".utf8))
        #expect(try await Self.restore("a", "two", to: try FolderTarget(scratch.path, replaces: true)))
        #expect(try scratch.bytes("a") == Array("two".utf8))
        #expect(scratch.names == ["a"])
    }

    @Test(arguments: ["..", "../a", "a/../../b", "/a", "a/\0", String(repeating: "n", count: 256)])
    func namesThatLeadOutAreRefused(_ name: String) throws {
        let scratch = Scratch()
        let target = try FolderTarget(scratch.path, replaces: true)
        let member = try Self.member(name)
        #expect(throws: ExtractionError.self) { try target.claim(member) }
    }

    @Test(arguments: [
        (["a", "a"], [true, false]), (["a", "a/b"], [true, false]), (["a/b", "a"], [true, false]),
        (["a/b", "a/c", "a/b/c"], [true, true, false]), (["ab", "a/b"], [true, true]), (["./a", "a"], [true, false]),
        (["\u{E9}", "e\u{301}"], [true, true]),
    ])
    func onePathIsOneMembers(_ names: [String], _ isFree: [Bool]) throws {
        let scratch = Scratch()
        let target = try FolderTarget(scratch.path, replaces: true)
        let found = try names.map { name in
            let member = try Self.member(name)
            return (try? target.claim(member)) != nil
        }
        #expect(found == isFree)
    }

    @Test func aLinkIsNotFollowed() async throws {
        let (scratch, outside) = (Scratch(), Scratch())
        let target = try FolderTarget(scratch.path, replaces: true)
        _ = try FolderTarget(outside.path, replaces: true)
        try FileManager.default.createSymbolicLink(
            atPath: "\(scratch.path)/link", withDestinationPath: outside.path)
        await #expect(throws: ExtractionError.self) { try await Self.restore("link/a", "one", to: target) }
        #expect(try await Self.restore("link", "one", to: try FolderTarget(scratch.path, replaces: true)))
        #expect(outside.names == [])
        #expect(try scratch.bytes("link") == Array("one".utf8))
    }
}
