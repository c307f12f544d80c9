import Console
import FoundationEssentials
import Glibc
import HTTPTransport
import Jobs
import S3

/// Writes records as JSON Lines to a file, an object or standard output.
///
/// Records for an object are kept in a file until the end, since S3 does not append.
final class RecordWriter {
    private let place: Place
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private let encoder: JSONEncoder

    private static let bufferSize = 64 << 10

    /// Opens the place; a file that is there is replaced.
    ///
    /// Below an address that ends in a slash the object is called `name`, so that many runs can share a prefix.
    ///
    /// - Throws: `UsageError` when it cannot be written to.
    init(_ place: Place, name: String) throws(UsageError) {
        self.place = place.named(name)
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        switch place {
        case .standard:
            (path, descriptor) = ("standard output", 1)
        case .file(let path):
            self.path = path
            descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        case .s3:
            path = "\(FileManager.default.temporaryDirectory.path)/s3haul-records-\(UUID().uuidString)"
            descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            unlink(path)
        }
        guard descriptor >= 0 else { throw UsageError("\(path): \(String(cString: strerror(errno)))") }
    }

    deinit { if descriptor > 2 { close(descriptor) } }

    /// Adds a record.
    func write(_ record: TaskRecord) throws {
        buffer += Array(try encoder.encode(record)) + [UInt8(ascii: "\n")]
        // Whoever reads standard output, or follows the file, sees a record when it is made.
        if buffer.count >= Self.bufferSize || place == .standard { try flush() }
    }

    /// Brings every record to its place.
    func finish(_ session: Session) async throws {
        try flush()
        guard case .s3(let object) = place else { return }
        let upload = SpooledFile(descriptor: descriptor)
        _ = try await session.s3.putObject(
            PutObjectRequest(object, body: .stream(length: upload.size) { try upload.next() }))
    }

    /// Writes what is held back.
    func flush() throws {
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
