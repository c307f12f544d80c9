import Console
import Extraction
import HTTPTransport

/// What `s3haul verify` is asked to do.
struct VerifyRequest {
    var source: ArchiveRequest
    var comparesSources: Bool
    var isDeep: Bool
    var concurrency: Int

    init(_ arguments: Arguments, environment: [String: String]) throws(UsageError) {
        source = try ArchiveRequest(arguments, environment: environment)
        comparesSources = arguments.isSet("sources")
        isDeep = arguments.isSet("deep")
        concurrency = try arguments.number("concurrency", in: 1...256) ?? Restorer.standardConcurrency
    }
}

/// Carries out `s3haul verify`.
struct VerifyCommand: Sendable {
    let request: VerifyRequest
    let environment: [String: String]
    let reporter: Reporter

    /// What was proven.
    private struct Findings: Sendable {
        var hasIndex: Bool
        var members = MemberTotals()
        var sources: MemberTotals?
        var walked: Int64?
        var walk: MemberTotals?

        var all: [MemberTotals] { [members] + [sources, walk].compactMap { $0 } }
    }

    func run() async throws -> ExitCode {
        let session = try Session(environment, connectionsPerHost: max(128, request.concurrency))
        let (findings, reason) = try await untilStopped(watching: session.metadataOnSpot(environment)) {
            try await verify(session)
        }
        await session.transport.shutdown()
        if let reason { await reporter.say(reason.explanation) }
        let text = summary(findings)
        if request.source.output == .json {
            await reporter.say(text)
        } else {
            try Descriptor.standardOutput.print(text + "\n")
        }
        let codes = findings.all.map(\.exitCode)
        return codes.contains(.tryAgain) ? .tryAgain : codes.contains(.someFailed) ? .someFailed : .success
    }

    private func verify(_ session: Session) async throws -> Findings {
        let archive = try await request.source.openToRead(session, readsObjects: request.isDeep, reporter)
        guard archive.index != nil || !request.comparesSources else {
            throw UsageError("\(request.source.archive) has no index, which alone says what its sources were")
        }
        let verifier = Verifier(
            archive, concurrency: request.concurrency, isDeep: request.isDeep, thawing: request.source.thawing)
        var findings = Findings(hasIndex: archive.index != nil)
        findings.members = try await log.follow { try await verifier.members(record: $0) }
        if request.isDeep, archive.index != nil {
            let walked = Locked<Int64>(0)
            findings.walk = try await log.follow { record in
                let count = try await verifier.walk(record: record)
                walked.withLock { $0 = count }
                return true
            }
            findings.walked = walked.withLock { $0 }
        }
        if request.comparesSources {
            findings.sources = try await log.follow { try await verifier.sources(record: $0) }
        }
        return findings
    }

    private var log: MemberLog { MemberLog(request.source, showsPlan: false, reporter) }

    private func summary(_ findings: Findings) -> String {
        let members = findings.members
        var text =
            "verified \(members.counted(members.done)), \(Quantity.bytes(members.bytes)), "
            + (findings.hasIndex ? "by the index" : "by the archive alone") + members.problems
        if members.bySize > 0 {
            text += "; \(members.counted(members.bySize)) beside the archive by size alone, --deep reads them"
        }
        if let walked = findings.walked { text += "; \(Quantity.count(walked)) found in the archive itself" }
        if let sources = findings.sources {
            text += "; sources: \(Quantity.count(sources.done)) the same, \(Quantity.count(sources.gone)) gone"
            text += sources.problems.replacing("; ", with: ", ")
        }
        return text + (findings.walk?.problems ?? "")
    }
}
