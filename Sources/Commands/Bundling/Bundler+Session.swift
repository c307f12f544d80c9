import Bundling
import FoundationEssentials
import Jobs
import S3
import Transfer

extension Bundler {
    /// A bundler that works in a session, and has what is too large for an archive copied by the transfer engine.
    init(_ session: Session, _ settings: RunSettings, run: String, environment: [String: String]) {
        // The copy of an object is the object: tags and metadata of the archive are not its own.
        var copy = settings.copy
        (copy.tags, copy.metadata, copy.overwrites) = (.copy, .copy, false)
        // Both are read when the copy is proven by its index, before anything is deleted.
        if settings.bundle.deletesSource { copy.verification = .standard }
        let engine = TransferEngine(
            store: session.s3, settings: copy, run: run, worker: .current(environment: environment))
        self.init(
            store: session.s3, settings: settings, run: run, now: Self.now, copy: { await engine.copy($0) })
    }

    /// Seconds since 1970.
    static let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
}
