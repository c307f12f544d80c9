import Bundling
import Checksums
import Console
import FoundationEssentials
import Glibc
import HTTPTransport
import Manifests
import S3

/// A manifest that can be read more than once, and what tells its content from others.
final class ManifestInput: Sendable {
    let place: Place
    /// The ETag of an object, the SHA-256 of a file.
    let identity: String
    /// When it was written, in seconds since 1970: now, for standard input.
    let written: Int64
    private let copy: String?
    private let reporter: Reporter
    private let hasSpoken = Locked(false)

    /// Looks at a manifest; standard input is kept in a file until this is let go.
    init(_ place: Place, _ session: Session, _ reporter: Reporter) async throws {
        self.reporter = reporter
        let bytes = try await ByteSource(place, session)
        self.place = place
        written = place == .standard ? Bundler.now() : bytes.written ?? Bundler.now()
        if let identity = bytes.identity {
            (self.identity, copy) = (identity, nil)
            return
        }
        let spool = place == .standard ? try Spool() : nil
        var digest = SHA256()
        while let chunk = try await bytes.next() {
            digest.update(chunk)
            try spool?.write(chunk)
        }
        identity = digest.finish().hexadecimal
        copy = spool?.path
    }

    deinit { if let copy { unlink(copy) } }

    /// Opens it at its beginning.
    ///
    /// - Parameters:
    ///   - format: Its format; `nil` tells it from its beginning.
    ///   - bucket: The bucket of keys in formats that name none.
    ///   - session: What objects are read by.
    /// - Returns: The rows; they end in a `UsageError` where the manifest is not what was looked at any more.
    /// - Throws: The same, and for what is no manifest.
    func rows(format: ManifestFormat?, bucket: String?, _ session: Session) async throws -> RowSource {
        let source: ByteSource
        if let copy {
            source = try await ByteSource(.file(copy), session)
        } else {
            source = try await ByteSource(place, session, identity: identity)
        }
        let manifest = try await OpenManifest(source, of: place, format: format, bucket: bucket, session)
        // Each attempt opens it anew.
        if let note = manifest.note,
            !hasSpoken.withLock({ spoken in
                defer { spoken = true }; return spoken
            })
        {
            await reporter.say(note)
        }
        var reader = manifest.reader
        return { try await reader.next() }
    }
}

/// A file of this process alone that is written to.
private final class Spool {
    let path: String
    private let descriptor: Int32

    init() throws(UsageError) {
        path = "\(FileManager.default.temporaryDirectory.path)/s3haul-manifest-\(UUID().uuidString)"
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw UsageError("\(path): \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws { try Descriptor(descriptor).print(bytes) }
}
