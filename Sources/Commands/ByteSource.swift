import AWSCore
import Checksums
import Console
import Dispatch
import Glibc
import HTTPTransport
import S3

/// The bytes of a file, an object or standard input, chunk by chunk.
struct ByteSource {
    /// The next chunk; `nil` at the end.
    let next: () async throws -> [UInt8]?
    /// What tells these bytes from others, without reading them: an ETag; `nil` where only reading would tell.
    let identity: String?
    /// When these bytes were written, in seconds since 1970; `nil` where nobody knows.
    let written: Int64?

    /// Opens what is at a place.
    ///
    /// - Parameters:
    ///   - place: Where the bytes are.
    ///   - session: What objects are read by.
    ///   - identity: The ETag of the object or the SHA-256 of the file that it must be; `nil` for any.
    /// - Throws: `UsageError` when it cannot be read, or is another one.
    init(_ place: Place, _ session: Session, identity: String? = nil) async throws {
        switch place {
        case .standard: self.init(descriptor: FileDescriptor(0, of: place), of: place, identity: nil)
        case .file(let path):
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw UsageError("\(path): \(String(cString: strerror(errno)))") }
            self.init(descriptor: FileDescriptor(descriptor, of: place), of: place, identity: identity)
        case .s3(let object):
            let reader: ObjectReader
            do throws(AWSError) {
                reader = try await ObjectReader(object, session.s3, ifMatch: identity)
            } catch  where error.status == 412 {
                throw Self.changed(place)
            } catch {
                guard let status = error.status, (400..<500).contains(status), !error.isTransient else { throw error }
                throw UsageError("\(error)")
            }
            // A store may not know the condition.
            guard identity == nil || reader.eTag == identity else { throw Self.changed(place) }
            self.init(reader, of: place)
        }
    }

    private init(descriptor: FileDescriptor, of place: Place, identity: String?) {
        (self.identity, written) = (nil, descriptor.modified)
        guard let identity else {
            next = { try await descriptor.read() }
            return
        }
        var digest = Optional(SHA256())
        next = {
            if let chunk = try await descriptor.read() {
                digest?.update(chunk)
                return chunk
            }
            if let found = digest.take()?.finish().hexadecimal, found != identity { throw Self.changed(place) }
            return nil
        }
    }

    private init(_ reader: ObjectReader, of place: Place) {
        var reader = reader
        (identity, written) = (reader.eTag, reader.modified)
        next = {
            do {
                return try await reader.next()
            } catch let error as AWSError where error.status == 412 {
                throw Self.changed(place)
            }
        }
    }

    private static func changed(_ place: Place) -> UsageError {
        UsageError("\(place): it changed while it was read; begin again when nothing writes to it")
    }
}

/// A file that is read on a thread where it may block, as a pipe does.
private final class FileDescriptor: Sendable {
    private static let threads = DispatchQueue(label: "s3haul.read", attributes: .concurrent)
    private let number: Int32
    private let place: Place

    init(_ number: Int32, of place: Place) { (self.number, self.place) = (number, place) }

    /// When a file was written, in seconds since 1970; `nil` for a pipe.
    var modified: Int64? {
        var status = stat()
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_mtim.tv_sec)
    }

    deinit { if number > 0 { close(number) } }

    func read() async throws -> [UInt8]? {
        try await withCheckedThrowingContinuation { continuation in
            Self.threads.async { [self] in
                var count = 0
                // The array's own memory, within the call that fills it.
                let block = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, initialized in
                    repeat {
                        count = Glibc.read(number, buffer.baseAddress, buffer.count)
                    } while count < 0
                        && errno == EINTR
                    initialized = max(0, count)
                }
                if count < 0 {
                    let reason = String(cString: strerror(errno))
                    continuation.resume(throwing: UsageError("\(place): reading failed: \(reason)"))
                } else {
                    continuation.resume(returning: block.isEmpty ? nil : block)
                }
            }
        }
    }
}

/// An object that is read to its end, over as many requests as it takes.
private struct ObjectReader {
    let eTag: String
    /// In seconds since 1970.
    let modified: Int64?
    private let object: ObjectReference
    private let size: Int64
    private let s3: S3Client
    private var body: HTTPResponseBody.AsyncIterator
    private var offset: Int64 = 0
    private var failures = 0

    /// So many broken connections without a byte in between end it.
    private static let patience = 5

    init(_ object: ObjectReference, _ s3: S3Client, ifMatch: String?) async throws(AWSError) {
        var request = GetObjectRequest(object)
        request.ifMatch = ifMatch
        let output = try await s3.getObject(request)
        self.object = object
        self.s3 = s3
        size = output.head.contentLength
        eTag = output.head.eTag
        modified = output.head.lastModified.flatMap { Int64(httpDate: $0) }
        body = output.body.makeAsyncIterator()
    }

    mutating func next() async throws -> [UInt8]? {
        while offset < size {
            do throws(HTTPError) {
                if let chunk = try await body.next(isolation: #isolation) {
                    offset += Int64(chunk.count)
                    failures = 0
                    return chunk
                }
            } catch {
                failures += 1
                guard failures < Self.patience else { throw error }
            }
            guard offset < size else { break }
            try await reopen()
        }
        return nil
    }

    private mutating func reopen() async throws(AWSError) {
        var request = GetObjectRequest(object)
        request.range = offset...(size - 1)
        request.ifMatch = eTag
        body = try await s3.getObject(request).body.makeAsyncIterator()
    }
}
