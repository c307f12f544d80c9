import AWSCore
import Console
import FoundationEssentials
import Grouping
import HTTPTransport
import Manifests
import S3

/// Carries out `s3haul group`.
struct GroupCommand: Sendable {
    let request: GroupRequest
    let environment: [String: String]
    let reporter: Reporter

    func run() async throws -> ExitCode {
        let session = try Session(environment)
        let (summary, reason) = try await untilStopped(watching: session.metadataOnSpot(environment)) {
            let place: any GroupPlace =
                switch request.target {
                case .folder(let folder): LocalGroups(folder)
                case .s3(let prefix): S3Groups(prefix, session.s3)
                }
            return try await group(session, place)
        }
        await session.transport.shutdown()
        if let reason { await reporter.say(reason.explanation) }
        guard let summary else { return .tryAgain }
        try Descriptor.standardOutput.print(try summary.text(request.output))
        return .success
    }

    /// Groups and submits.
    ///
    /// - Returns: `nil` when it was cancelled.
    private func group(_ session: Session, _ place: any GroupPlace) async throws -> GroupSummary? {
        let (rows, identity) = try await input(session)
        if !request.isDryRun { try await place.prepare() }
        defer { if !request.isDryRun { place.cleanUp() } }
        var document = try await document(identity, place)
        var summary = GroupSummary(to: address, totals: .init(), isDryRun: request.isDryRun)
        if let totals = document.totals {
            summary.totals = totals
            summary.unchanged = totals.groups
        } else {
            let meter = RowMeter(unit: "rows")
            let run = GroupRun(document: document, place: place, isDryRun: request.isDryRun, meter: meter)
            let result = try await showingProgress(
                on: request.isQuiet ? nil : reporter, { await meter.progress }, { try await run.run(rows) })
            guard let result else { return nil }
            (summary.totals, summary.unchanged) = (result.totals, result.unchanged)
            document.totals = result.totals
            if !request.isDryRun { try await place.replace(try document.json(), GroupingDocument.name) }
        }
        guard let submission = request.submission, !request.isDryRun else { return summary }
        let submitter = GroupSubmitter(submission, place: place, session: session)
        summary.submitted = try await submitter.submit(document)
        return summary.submitted == nil ? nil : summary
    }

    private func input(_ session: Session) async throws -> (any ObjectRows, identity: String) {
        switch request.source {
        case .listing(let prefix):
            let rows = ListingRows(prefix, allVersions: request.parameters.filter.allVersions, session.s3)
            return (rows, "listing")
        case .manifest(let place, let format, let bucket):
            let input = try await OpenManifest(place, format: format, bucket: bucket, session)
            if let note = input.note { await reporter.say(note) }
            let identity = try await input.identity(place, session)
            return (input.objects, identity)
        }
    }

    /// The document of this grouping: the one that is there, where it is the same, else a new one.
    private func document(_ identity: String, _ place: any GroupPlace) async throws -> GroupingDocument {
        let new = GroupingDocument(
            input: .init(name: request.source.name, identity: identity), parameters: request.parameters,
            started: Int64(Date().timeIntervalSince1970))
        if let known = try await place.read(GroupingDocument.name) { return try same(as: new, known, place) }
        guard try await !place.hasManifests() else {
            throw UsageError(
                "\(address) has manifests, but no \(GroupingDocument.name) that says of what; give another place "
                    + "with --to")
        }
        guard !request.isDryRun else { return new }
        if try await place.create(try new.json(), GroupingDocument.name) { return new }
        // Another run was faster, or the reply to this one's own request was lost.
        guard let known = try await place.read(GroupingDocument.name) else {
            throw UsageError(
                "\(place.address(GroupingDocument.name)) was removed as soon as it was written; give another place with "
                    + "--to")
        }
        return try same(as: new, known, place)
    }

    private func same(
        as new: GroupingDocument, _ bytes: [UInt8], _ place: any GroupPlace
    ) throws -> GroupingDocument {
        let known = try GroupingDocument(json: bytes, name: place.address(GroupingDocument.name))
        if let difference = known.conflict(with: new) {
            throw UsageError(
                "\(address) has another grouping, \(difference) (see \(GroupingDocument.name) there); give another "
                    + "place with --to: two groupings in one place would be a mixture")
        }
        return known
    }

    private var address: String {
        switch request.target {
        case .folder(let folder): folder
        case .s3(let prefix): prefix.uri
        }
    }
}
