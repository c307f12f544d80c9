import Bundling
import FoundationEssentials
import HTTPTransport
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
        copy.lock = settings.bundle.copyLock(now: Self.now())
        let engine = TransferEngine(
            store: session.s3, settings: copy, run: run,
            checkpoints: copy.state.map { S3CheckpointStore(client: session.s3, location: $0) },
            worker: .current(environment: environment))
        self.init(
            store: session.s3, settings: settings, run: run, now: Self.now, copy: { await engine.copy($0) })
        executor = session.transport.eventLoop
    }

    /// Seconds since 1970.
    static let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
}

extension BundleSettings {
    /// The Object Lock of copies beside an archive: as long as the archive's, and on to the end of that day, so that a
    /// copy that is gone on with has the same.
    func copyLock(now: Int64) -> CopySettings.Lock? {
        guard let lockMode, let lockDays else { return nil }
        let day: Int64 = 86_400
        let end = ((now + Int64(lockDays) * day) / day + 1) * day
        return .init(
            mode: lockMode.rawValue, until: Date(timeIntervalSince1970: Double(end)).formatted(.iso8601))
    }
}
