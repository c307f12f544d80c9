internal import AWSCore
internal import HTTPTransport
public import S3

/// The bytes of an object in S3, as it was when it was opened: every read is pinned to its ETag.
public struct StoredBytes: ArchiveBytes {
    /// What HeadObject said of it.
    public let head: HeadObjectOutput
    /// The object.
    public let object: ObjectReference
    private let s3: S3Client

    /// The bytes of the object.
    public var size: Int64 { head.contentLength }
    /// Its address.
    public var name: String { "\(object)" }

    /// Looks at an object; nothing of it is read, and it is nil where there is none.
    ///
    /// - Parameters:
    ///   - object: The object.
    ///   - s3: The client.
    ///   - withChecksum: Whether to ask for the checksum that S3 keeps of it.
    /// - Throws: ``ExtractionError`` where S3 does not say.
    public init?(_ object: ObjectReference, _ s3: S3Client, withChecksum: Bool = false) async throws {
        var request = HeadObjectRequest(object)
        request.withChecksum = withChecksum
        do throws(AWSError) {
            head = try await s3.headObject(request)
        } catch {
            guard error.status == 404 else { throw ExtractionError(error, of: "\(object)") }
            return nil
        }
        self.object = object
        self.s3 = s3
    }

    /// Begins to read, by one ranged GetObject; what breaks off goes on where it was.
    public func reader(of range: Range<Int64>) async throws -> any ChunkReader {
        Reader(source: self, range: range, body: try await open(range))
    }

    private func open(_ range: Range<Int64>) async throws -> HTTPResponseBody.AsyncIterator? {
        guard !range.isEmpty else { return nil }
        var request = GetObjectRequest(object)
        request.range = range.lowerBound...(range.upperBound - 1)
        request.ifMatch = head.eTag
        return try await s3.getObject(request).body.makeAsyncIterator()
    }

    private final class Reader: ChunkReader {
        private let source: StoredBytes
        private var range: Range<Int64>
        private var body: HTTPResponseBody.AsyncIterator?
        private var failures = 0

        /// So many broken connections without a byte in between end it.
        private static let patience = 5

        init(source: StoredBytes, range: Range<Int64>, body: HTTPResponseBody.AsyncIterator?) {
            self.source = source
            self.range = range
            self.body = body
        }

        func next() async throws -> [UInt8]? {
            while !range.isEmpty {
                var problem = "the reply ended early"
                do throws(HTTPError) {
                    if let chunk = try await body?.next(isolation: #isolation) { return try take(chunk) }
                } catch {
                    if error.phase == .cancelled { throw CancellationError() }
                    problem = "\(error)"
                }
                failures += 1
                guard failures < Self.patience else {
                    throw ExtractionError("GetObject \(source.name): \(problem)", .transient)
                }
                body = try await source.open(range)
            }
            return nil
        }

        private func take(_ chunk: [UInt8]) throws(HTTPError) -> [UInt8] {
            guard chunk.count <= range.count else {
                throw HTTPError(.limit, "more bytes than were asked for", mayHaveBeenSent: true)
            }
            failures = 0
            range = (range.lowerBound + Int64(chunk.count))..<range.upperBound
            return chunk
        }
    }
}
