import AWSCore
import Console
import Jobs
import Manifests
import S3

/// An object that is to be copied, and what is known of it without asking.
struct CopyWork: Sendable {
    /// What listings say of an object and of what stands at its destination.
    struct Listing: Sendable, Equatable {
        var source: ListedObject
        var destination: ListedObject?
    }

    var task: CopyTask
    var listing: Listing?
}

/// The objects that a request names, one after the other.
struct TaskSource {
    /// The next one; `nil` at the end.
    let next: () async throws -> CopyWork?
    /// How many there are, where that is known.
    let total: Int64?

    init(_ request: CopyRequest, _ session: Session, _ reporter: Reporter) async throws {
        switch request.source {
        case .object(let source): self.init(source, request.naming)
        case .prefix(let prefix):
            let isFull =
                if let fidelity = request.fidelity { fidelity == .full } else {
                    try await session.s3.mayLockObjects(of: prefix.bucket, reporter)
                }
            let settings = request.settings.copy
            let place = request.naming.destination(of: ObjectReference(bucket: prefix.bucket, key: prefix.prefix))
            let copies = isFull ? nil : CopyFinder(place, session.s3, requesterPays: settings.requesterPays, reporter)
            self.init(prefix, request.naming, session.s3, settings, copies)
        case .manifest(let place, let format, let bucket):
            let manifest = try await OpenManifest(place, format: format, bucket: bucket, session)
            if let note = manifest.note { await reporter.say(note) }
            self.init(manifest.reader, request.naming)
        }
    }

    init(_ source: ObjectReference, _ naming: DestinationNaming) {
        var object: ObjectReference? = source
        total = 1
        next = {
            defer { object = nil }
            return object.map { CopyWork(task: CopyTask(source: $0, destination: naming.destination(of: $0))) }
        }
    }

    init(_ manifest: ManifestReader, _ naming: DestinationNaming) {
        var manifest = manifest
        total = nil
        next = {
            guard let row = try await manifest.next() else { return nil }
            let source = ObjectReference(bucket: row.bucket, key: row.key, versionId: row.versionId)
            return CopyWork(task: CopyTask(source: source, destination: naming.destination(of: source)))
        }
    }

    /// The objects under a prefix, with what listings say of them where copies are looked for in one.
    private init(
        _ prefix: ObjectPrefix, _ naming: DestinationNaming, _ s3: S3Client, _ settings: CopySettings,
        _ copies: CopyFinder?
    ) {
        var list = ListObjectsV2Request(bucket: prefix.bucket, prefix: prefix.prefix)
        list.requesterPays = settings.requesterPays
        var objects = s3.listObjectsV2(list).makeAsyncIterator()
        var copies = copies
        total = nil
        next = {
            guard let listed = try await objects.next() else { return nil }
            let source = ObjectReference(bucket: prefix.bucket, key: listed.key)
            let task = CopyTask(source: source, destination: naming.destination(of: source))
            guard copies != nil else { return CopyWork(task: task) }
            let copy = try await copies?.copy(at: task.destination.key)
            return CopyWork(task: task, listing: .init(source: listed, destination: copy))
        }
    }
}
