import Console
import FoundationEssentials
import HTTPTransport
import Manifests
import Testing

@testable import Commands

@Suite struct ManifestInputTests {
    private func rows(after change: (String) throws -> Void) async throws -> [String] {
        let path = "\(FileManager.default.temporaryDirectory.path)/s3haul-test-\(UUID().uuidString)"
        try Data("b,one\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let session = try Session()
        let result: Result<[String], any Error>
        do {
            let input = try await ManifestInput(.file(path), session, Reporter())
            try change(path)
            let next = try await input.rows(format: .batch, bucket: nil, session)
            var keys: [String] = []
            while let row = try await next() { keys.append(row.key) }
            result = .success(keys)
        } catch {
            result = .failure(error)
        }
        await session.transport.shutdown()
        return try result.get()
    }

    @Test func aFileIsReadAsItWasLookedAt() async throws {
        #expect(try await rows { _ in } == ["one"])
    }

    @Test func aFileThatChangesMeanwhileEndsInAnError() async throws {
        let error = await #expect(throws: UsageError.self) {
            try await rows { path in try Data("b,two\n".utf8).write(to: URL(filePath: path)) }
        }
        #expect(error?.description.contains("changed while it was read") == true)
    }
}
