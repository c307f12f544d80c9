import Console
import Extraction
import HTTPTransport

/// Carries out `s3haul extract`.
struct ExtractCommand: Sendable {
    let request: ExtractRequest
    let environment: [String: String]
    let reporter: Reporter

    func run() async throws -> ExitCode {
        let session = try Session(environment, connectionsPerHost: max(128, request.concurrency))
        let (totals, reason) = try await untilStopped(watching: session.metadataOnSpot(environment)) {
            // What would be restored, an index tells of an archive in Glacier, too.
            let archive =
                request.isDryRun
                ? try await request.source.open(session, reporter)
                : try await request.source.openToRead(session, reporter)
            let restorer = Restorer(
                archive, to: try request.open(session, environment: environment), concurrency: request.concurrency,
                isDryRun: request.isDryRun,
                thawing: request.source.thawing)
            let log = MemberLog(request.source, showsPlan: request.isDryRun, reporter)
            return try await log.follow { record in try await restorer.run(request.source.selection, record: record) }
        }
        await session.transport.shutdown()
        if let reason { await reporter.say(reason.explanation) }
        try await report(totals)
        return totals.exitCode
    }

    private func report(_ totals: MemberTotals) async throws {
        var text =
            request.isDryRun
            ? "would restore \(totals.counted(totals.planned)), \(Quantity.bytes(totals.bytes))"
            : "restored \(totals.counted(totals.done)), \(Quantity.bytes(totals.bytes)), in \(Quantity.duration(totals.seconds))"
        if totals.unchanged > 0 { text += "; \(Quantity.count(totals.unchanged)) already there" }
        text += totals.problems
        if request.source.output == .json {
            await reporter.say(text)
        } else {
            try Descriptor.standardOutput.print(text + "\n")
        }
    }
}
