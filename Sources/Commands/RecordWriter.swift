import Console
import FoundationEssentials
import Glibc
import Jobs
import S3

/// Writes records as JSON Lines to a file, to objects or to standard output.
final class RecordWriter {
    private let target: Target
    private let encoder: JSONEncoder

    private enum Target {
        case descriptor(Int32, path: String)
        case objects(RecordObjects)
    }

    private var buffer: [UInt8] = []
    private static let bufferSize = 64 << 10

    /// Opens the place; what is there is replaced.
    ///
    /// Below an address that ends in a slash the object is called `name`, so that many runs can share a prefix.
    ///
    /// - Throws: `UsageError` when it cannot be written to.
    init(_ place: Place, name: String, _ session: Session) throws(UsageError) {
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        switch place {
        case .standard:
            target = .descriptor(1, path: "standard output")
        case .file(let path):
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw UsageError("\(path): \(String(cString: strerror(errno)))") }
            target = .descriptor(descriptor, path: path)
        case .s3(let object):
            let isPrefix = object.key.hasSuffix("/")
            var first = object
            if isPrefix { first.key += "\(name).jsonl" }
            target = .objects(RecordObjects(first: first, age: isPrefix ? RecordObjects.age : nil, s3: session.s3))
        }
    }

    deinit {
        if case .descriptor(let descriptor, _) = target, descriptor > 2 { close(descriptor) }
    }

    /// Adds a record.
    ///
    /// - Throws: What prevents that it is kept.
    func write(_ record: TaskRecord) async throws { try await add(record)?.store() }

    /// Adds a record, and gives back what is to be stored now, if it is.
    func add(_ record: TaskRecord) throws -> RecordObjects.Due? {
        let line = Array(try encoder.encode(record)) + [UInt8(ascii: "\n")]
        switch target {
        case .objects(let objects): return objects.add(line)
        case .descriptor(let descriptor, let path):
            buffer += line
            // Whoever reads standard output, or follows the file, sees a record when it is made.
            if buffer.count >= Self.bufferSize || descriptor == 1 { try flush(descriptor, path) }
            return nil
        }
    }

    /// Brings every record to its place, also in a task that is cancelled.
    func finish() async throws {
        switch target {
        case .descriptor(let descriptor, let path): try flush(descriptor, path)
        case .objects(let objects): try await objects.rest()?.store()
        }
    }

    private func flush(_ descriptor: Int32, _ path: String) throws {
        do throws(Descriptor.WriteError) {
            try Descriptor(descriptor).print(buffer)
        } catch .failed(let number) {
            throw UsageError("\(path): writing failed: \(String(cString: strerror(number)))")
        } catch {
            // Nobody reads the records any more; the objects are still to be copied.
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

extension [String: String] {
    /// What the records of this process are called: AWS Batch's job and attempt, or something new.
    var recordsName: String {
        guard let job = self["AWS_BATCH_JOB_ID"] else { return UUID().uuidString.lowercased() }
        return "\(job)-\(self["AWS_BATCH_JOB_ATTEMPT"] ?? "1")"
    }
}
