import AWSCore
import Console
import FoundationEssentials
import HTTPTransport
import Manifests
import S3

/// Carries out `s3haul manifest`.
struct ManifestCommand: Sendable {
    let request: ManifestRequest
    let environment: [String: String]
    let reporter: Reporter

    func run() async throws -> ExitCode {
        let session = try Session(environment)
        let (summary, reason) = try await untilStopped(watching: session.metadataOnSpot(environment)) {
            let meter = RowMeter(unit: "objects")
            return try await showingProgress(
                on: request.isQuiet ? nil : reporter, { await meter.progress }, { try await write(session, meter) })
        }
        await session.transport.shutdown()
        if let reason { await reporter.say(reason.explanation) }
        guard let summary else { return .tryAgain }
        let text = try summary.text(request.output)
        // The manifest itself may be on standard output.
        if request.target == .standard, !request.isDryRun {
            await reporter.say(text)
        } else {
            try Descriptor.standardOutput.print(text + "\n")
        }
        return .success
    }

    /// Writes the manifest.
    ///
    /// - Returns: `nil` when it was cancelled.
    private func write(_ session: Session, _ meter: RowMeter) async throws -> ManifestSummary? {
        var lines = ManifestLines(request, session.s3)
        do {
            let sink = ManifestSink(request.isDryRun ? nil : request.target, session.s3)
            let eTag = try await sink.write {
                try Task.checkCancellation()
                let chunk = try await lines.next()
                await meter.set(rows: lines.summary.objects)
                return chunk
            }
            lines.summary.eTag = eTag
        } catch is CancellationError {
            return nil
        } catch let error as AWSError where error.isCancellation {
            return nil
        }
        lines.summary.to = "\(request.target)"
        return lines.summary
    }
}

/// What `s3haul manifest` says at its end.
struct ManifestSummary: Encodable, Sendable {
    var objects: Int64 = 0
    var bytes: Int64 = 0
    /// How many keys had been deleted, or delete markers were left out.
    var deleted: Int64 = 0
    var to = ""
    /// The ETag of the object that the manifest is, as S3 Batch Operations wants it.
    var eTag: String?

    enum CodingKeys: String, CodingKey {
        case objects, bytes, deleted, to
        case eTag = "etag"
    }

    func text(_ form: OutputForm) throws -> String {
        if form == .json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
        let what = "\(Quantity.count(objects)) object\(objects == 1 ? "" : "s"), \(Quantity.bytes(bytes))"
        let left = deleted > 0 ? "; \(Quantity.count(deleted)) deleted left out" : ""
        return (objects > 0 ? what : "there are no objects") + left
    }
}
