import Bundling
import Console
import Glibc

/// Dead letters as files next to the manifest: `MANIFEST.dlq.ATTEMPT.jsonl`.
struct FileDeadLetters: DeadLetterPlace {
    let manifest: String

    func open(attempt: String) async throws -> any DeadLetterSink {
        Sink(path: S3DeadLetters.name(after: manifest, attempt: attempt))
    }

    func left(by attempt: String) async throws -> LeftLetters? {
        let path = S3DeadLetters.name(after: manifest, attempt: attempt)
        guard access(path, F_OK) == 0 else { return nil }
        var letters = LeftLetters(place: path)
        let file = try SpooledFile(path: path)
        while let chunk = try file.next() { letters.add(chunk) }
        return letters
    }

    private final class Sink: DeadLetterSink {
        private let path: String
        private var descriptor: Int32?

        init(path: String) { self.path = path }

        deinit { if let descriptor { close(descriptor) } }

        func append(_ line: [UInt8]) async throws {
            if descriptor == nil {
                let opened = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
                guard opened >= 0 else { throw UsageError("\(path): \(String(cString: strerror(errno)))") }
                descriptor = opened
            }
            if let descriptor { try Descriptor(descriptor).print(line) }
        }

        func finish() async throws -> String? {
            guard let descriptor else { return nil }
            guard fsync(descriptor) == 0 else { throw UsageError("\(path): \(String(cString: strerror(errno)))") }
            return path
        }

        func discard() async { if descriptor != nil { unlink(path) } }
    }
}
