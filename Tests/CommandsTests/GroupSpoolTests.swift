import Checksums
import FoundationEssentials
import Testing

@testable import Commands

@Suite struct GroupSpoolTests {
    private let folder = "\(FileManager.default.temporaryDirectory.path)/s3haul-test-\(UUID().uuidString)"

    @Test func manifestsDoNotRunTogether() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var spool = GroupSpool(folder: folder)
        var wanted: [[UInt8]] = Array(repeating: [], count: 40)
        for number in 0..<20_000 {
            let slot = number * 7 % 40
            let line = Array("\(number) \(String(repeating: "x", count: number % 200))\n".utf8)
            wanted[slot] += line
            try spool.append(line, to: slot)
        }
        for slot in 0..<40 {
            let manifest = try spool.take(slot)
            let content = Array(try Data(contentsOf: URL(filePath: manifest.path)))
            #expect(content == wanted[slot])
            #expect(manifest.size == Int64(content.count))
            var crc = CRC(.crc64NVME)
            crc.update(content)
            #expect(manifest.checksum == crc.base64)
        }
        try spool.append([1], to: 3)
        #expect(try Array(Data(contentsOf: URL(filePath: spool.take(3).path))) == [1])
    }

    @Test func aSecondRunInOneFolderIsRefused() throws {
        let first = LocalGroups(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try first.prepare()
        #expect(throws: (any Error).self) { try LocalGroups(folder).prepare() }
        first.cleanUp()
    }

    @Test func anotherManifestOfTheNameIsNotReplaced() async throws {
        let place = LocalGroups(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try place.prepare()
        var spool = GroupSpool(folder: place.spoolFolder)
        for (text, isNew) in [("one", true), ("one", false)] {
            try spool.append(Array(text.utf8), to: 0)
            #expect(try await place.store(spool.take(0), "m.jsonl") == isNew)
        }
        try spool.append(Array("two".utf8), to: 0)
        let other = try spool.take(0)
        await #expect(throws: (any Error).self) { try await place.store(other, "m.jsonl") }
        #expect(try place.read("m.jsonl") == Array("one".utf8))
    }
}
