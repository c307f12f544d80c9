import Console
import Extraction
import FoundationEssentials
import Jobs
import S3
import Transfer

/// What `s3haul extract` is asked to do.
struct ExtractRequest {
    /// Where members go.
    enum Target: Equatable {
        case folder(String)
        case bucket(ObjectPrefix)
    }

    var source: ArchiveRequest
    var target: Target
    var replaces: Bool
    var storageClass: String?
    var locks: Bool
    var grants: Bool
    var isDryRun: Bool
    var concurrency: Int

    init(_ arguments: Arguments, environment: [String: String]) throws(UsageError) {
        source = try ArchiveRequest(arguments, environment: environment)
        guard let text = arguments.value("to"), !text.isEmpty else {
            throw UsageError("say where to: --to DIR, or --to s3://BUCKET/PREFIX")
        }
        if text.hasPrefix("s3://") {
            do { target = .bucket(try ObjectPrefix(uri: text)) } catch { throw UsageError("--to: \(error)") }
        } else {
            target = .folder(text)
        }
        replaces = arguments.isSet("overwrite")
        storageClass = arguments.value("storage-class")
        if storageClass != nil, case .folder = target {
            throw UsageError("\(arguments.origin("storage-class")) is for --to s3://…; files have none")
        }
        locks = !arguments.isSet("no-object-lock")
        grants = !arguments.isSet("no-acl")
        isDryRun = arguments.isSet("dry-run")
        concurrency = try arguments.number("concurrency", in: 1...256) ?? Restorer.standardConcurrency
    }

    /// Opens the place that members go to.
    func open(_ session: Session, environment: [String: String]) throws -> any RestoreTarget {
        switch target {
        case .folder(let path): return try FolderTarget(path, replaces: replaces, isDryRun: isDryRun)
        case .bucket(let prefix):
            var settings = BucketTarget.Settings()
            settings.replaces = replaces
            settings.storageClass = storageClass
            settings.locks = locks
            settings.grants = grants
            settings.now = Int64(Date().timeIntervalSince1970)
            settings.copy = copier(session, environment)
            return BucketTarget(prefix, settings, session.s3)
        }
    }

    /// Copies objects beside an archive by the transfer engine, whatever their size.
    private func copier(
        _ session: Session, _ environment: [String: String]
    ) -> BucketTarget.Settings.Copy {
        var settings = CopySettings()
        settings.overwrites = replaces
        let worker = WorkerIdentity.current(environment: environment)
        return { [settings] task, storageClass, grants in
            var settings = settings
            (settings.storageClass, settings.grants) = (storageClass, grants)
            let engine = TransferEngine(store: session.s3, settings: settings, run: "extract", worker: worker)
            return await engine.copy(task)
        }
    }
}
