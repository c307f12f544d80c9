import Driver
import FoundationEssentials
import LambdaRuntime
import Testing

/// One event that S3 Batch Operations would not send, and what kind of answer it gets; the end-to-end tests hand the
/// same ones to the real program.
struct MalformedEvent: Decodable, Sendable, CustomTestStringConvertible {
    enum Expectation: String, Decodable {
        /// An invocation error.
        case error
        /// A PermanentFailure for each task with an id.
        case failed
        /// An answer without results.
        case empty
        /// Any of these.
        case any
    }

    struct Repetition: Decodable {
        var before: String
        var unit: String
        var count: Int
        var after: String
    }

    var name: String
    var expect: Expectation
    var event: String?
    var hex: String?
    var `repeat`: Repetition?

    var testDescription: String { name }

    var bytes: [UInt8] {
        if let text = `repeat` {
            return [UInt8](text.before.utf8) + [UInt8](String(repeating: text.unit, count: text.count).utf8)
                + [UInt8](text.after.utf8)
        }
        guard let hex else { return [UInt8]((event ?? "").utf8) }
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
        }
    }

    static let all: [MalformedEvent] = {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        guard let lines = try? Data(contentsOf: tests.appending(path: "events/malformed.jsonl")) else { return [] }
        return lines.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONDecoder().decode(MalformedEvent.self, from: $0)
        }
    }()
}

@Suite struct MalformedEventTests {
    @Test func thereAreAtLeastAHundred() { #expect(MalformedEvent.all.count >= 100) }

    @Test(arguments: MalformedEvent.all)
    func everyEventGetsAnAnswer(_ event: MalformedEvent) async throws {
        let driver = FakeStore().driver()
        do {
            let answer = try await driver.answer(event.bytes)
            #expect(event.expect != .error)
            #expect(answer.results.isEmpty == (event.expect == .empty))
            #expect(answer.treatMissingKeysAs == "PermanentFailure")
            for result in answer.results.prefix(10) {
                #expect(result.resultCode == "PermanentFailure")
                #expect(!result.resultString.isEmpty)
                #expect(result.resultString.unicodeScalars.count <= 1024)
                #expect(!result.resultString.contains { $0.isNewline })
            }
        } catch let error as InvocationError {
            #expect(event.expect == .error || event.expect == .any)
            #expect(error.type == "Runtime.MalformedEvent")
            #expect(error.message.count < 500)
        }
    }
}
