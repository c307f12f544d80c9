import Console
import Glibc
import S3

/// Where a manifest is written to: it is there whole or not at all, but for standard output.
struct ManifestSink {
    private let target: Place?
    private let s3: S3Client

    /// Writes to a place; nothing at all where there is none.
    init(_ target: Place?, _ s3: S3Client) {
        self.target = target
        self.s3 = s3
    }

    /// Writes all that `next` gives.
    ///
    /// - Returns: The ETag where it is an object.
    func write(_ next: () async throws -> [UInt8]?) async throws -> String? {
        switch target {
        case nil:
            while try await next() != nil {}
        case .standard:
            while let chunk = try await next() { try Descriptor.standardOutput.print(chunk) }
        case .file(let path): try await write(next, to: path)
        case .s3(let object):
            var headers = DestinationHeaders()
            headers.properties.contentType = "text/plain; charset=utf-8"
            return try await ChunkedUpload(object: object, headers: headers, condition: .none, s3: s3).store(next)
        }
        return nil
    }

    private func write(_ next: () async throws -> [UInt8]?, to path: String) async throws {
        var status = stat()
        // A device or a pipe is written to as it is; a file in its place would be the end of it.
        let isReplaced = stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
        let unfinished = isReplaced ? "\(path).unfinished" : path
        let descriptor = open(unfinished, isReplaced ? O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC : O_WRONLY, 0o644)
        guard descriptor >= 0 else { throw failure(unfinished) }
        defer {
            close(descriptor)
            if isReplaced { unlink(unfinished) }
        }
        while let chunk = try await next() {
            do throws(Descriptor.WriteError) {
                try Descriptor(descriptor).print(chunk)
            } catch {
                throw UsageError("\(path): writing failed: \(String(cString: strerror(errno)))")
            }
        }
        guard !isReplaced || rename(unfinished, path) == 0 else { throw failure(path) }
    }

    private func failure(_ path: String) -> UsageError { UsageError("\(path): \(String(cString: strerror(errno)))") }
}
