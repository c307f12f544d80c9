import AWSCore
import Checksums
import Console
import Dispatching
import FoundationEssentials
import HTTPTransport
import Manifests
import S3

/// Carries out `s3haul dispatch`.
struct DispatchCommand: Sendable {
    let request: DispatchRequest
    let environment: [String: String]
    let reporter: Reporter

    func run() async throws -> ExitCode {
        let session = try Session(environment, connectionsPerHost: max(128, request.concurrency))
        if request.isDryRun { return try await plan(session) }
        let functions = try await functions(session)
        let ((job, outcome), reason) = try await untilStopped(watching: session.metadataOnSpot(environment)) {
            try await dispatch(session, functions)
        }
        await session.transport.shutdown()
        if let reason { await reporter.say(reason.explanation) }
        if let reason = outcome.reason {
            await reporter.say("\(reason); start the function, and run the same command again to go on")
        }
        try? Descriptor.standardOutput.print(DispatchSummary(job: job, outcome).text(request.output))
        switch outcome.status {
        case .interrupted, .unreachable: return .tryAgain
        case .failed: return .someFailed
        case .complete: return outcome.failed > 0 ? .someFailed : .success
        }
    }

    private func functions(_ session: Session) async throws -> [any FunctionInvoker] {
        var functions: [any FunctionInvoker] = []
        for url in request.endpoints {
            if let region = lambdaRegion(of: url) {
                functions.append(
                    LambdaFunction(
                        request.function, region: region,
                        endpoint: try session.configuration.endpoint(of: .lambda, region: region),
                        client: session.aws))
            } else {
                functions.append(
                    EmulatedFunction(endpoint: url, function: request.function, transport: session.transport))
            }
        }
        return functions
    }

    private func dispatch(
        _ session: Session, _ functions: [any FunctionInvoker]
    ) async throws -> (DispatchJob, DispatchOutcome) {
        let (manifest, identity) = try await open(session)
        var job = DispatchJob(id: request.run ?? identity.jobId)
        job.schema = request.schema
        job.userArguments = request.userArguments
        job.redrives = request.redrives
        job.concurrency = request.concurrency
        let journal = try Journal(directory: request.journal, job: job.id, manifest: identity.digest)
        let meter = DispatchMeter()
        let dispatcher = Dispatcher(job, functions: functions)
        let outcome = try await showingProgress(
            on: request.isQuiet ? nil : reporter, { await meter.progress },
            {
                try await dispatcher.run(manifest.reader, journal: journal) { succeeded, failed in
                    await meter.set(succeeded: succeeded, failed: failed)
                }
            })
        if outcome.status == .complete || outcome.status == .failed {
            try await report(job, journal, session)
            journal.remove()
        }
        return (job, outcome)
    }

    private func open(_ session: Session) async throws -> (OpenManifest, ManifestIdentity) {
        let manifest = try await OpenManifest(
            request.manifest, format: request.format, bucket: request.bucket, session)
        if let note = manifest.note { await reporter.say(note) }
        return (manifest, ManifestIdentity(try await manifest.identity(request.manifest, session), request))
    }

    /// Reads the manifest to its end, and says what there is to do.
    private func plan(_ session: Session) async throws -> ExitCode {
        let (manifest, identity) = try await open(session)
        var plan = DispatchPlan(job: request.run ?? identity.jobId)
        if FileManager.default.fileExists(atPath: Journal.path(in: request.journal, of: plan.job)) {
            let journal = try Journal(directory: request.journal, job: plan.job, manifest: identity.digest)
            plan.resumed = journal.succeeded + journal.failed
        }
        let meter = DispatchMeter()
        plan.tasks = try await showingProgress(
            on: request.isQuiet ? nil : reporter, { await meter.progress },
            {
                var (rows, count) = (manifest.reader, Int64(0))
                while try await rows.next() != nil {
                    count += 1
                    if count % 10_000 == 0 { await meter.set(succeeded: count, failed: 0) }
                }
                return count
            })
        await session.transport.shutdown()
        try? Descriptor.standardOutput.print(plan.text(request.output))
        return .success
    }

    private func report(_ job: DispatchJob, _ journal: Journal, _ session: Session) async throws {
        guard let place = request.report else { return }
        let report = CompletionReport(job: job.id, scope: request.scope)
        switch place {
        case .directory(let directory):
            let files = try report.write(journal, below: directory)
            let manifest = try report.manifest(of: files, bucket: "", prefix: "", date: Date())
            try Data(manifest).write(to: URL(filePath: "\(directory)/\(report.manifestName)"))
        case .s3(let prefix):
            let files = try report.write(journal, below: request.journal)
            for file in files { try await upload(file, to: prefix, session) }
            let manifest = try report.manifest(of: files, bucket: prefix.bucket, prefix: prefix.prefix, date: Date())
            let object = ObjectReference(bucket: prefix.bucket, key: prefix.prefix + report.manifestName)
            _ = try await session.s3.putObject(PutObjectRequest(object, body: .bytes(manifest)))
            try FileManager.default.removeItem(atPath: "\(request.journal)/job-\(job.id)")
        }
    }

    private func upload(
        _ file: CompletionReport.File, to prefix: ObjectPrefix, _ session: Session
    ) async throws {
        let bytes = try SpooledFile(path: file.path)
        let object = ObjectReference(bucket: prefix.bucket, key: prefix.prefix + file.name)
        _ = try await session.s3.putObject(
            PutObjectRequest(object, body: .stream(length: bytes.size) { try bytes.next() }))
    }
}

/// What tells one dispatch from another.
struct ManifestIdentity: Equatable {
    /// The digest of the manifest, and of what is done with it.
    var digest: String

    init(_ manifest: String, _ request: DispatchRequest) {
        let arguments = request.userArguments.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let parts = [manifest, request.function, request.schema.rawValue, request.bucket ?? ""] + arguments
        digest = SHA256.digest(Array(parts.joined(separator: "\n").utf8)).hexadecimal
    }

    /// A job's id in the form of S3's own, the same for the same manifest.
    var jobId: String {
        let digits = Array(digest.prefix(32))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}

/// The region of a URL of AWS Lambda's own; `nil` for another server, to which nothing is signed.
func lambdaRegion(of url: String) -> String? {
    let host = url.split(separator: "/").dropFirst().first ?? ""
    let labels = host.split(separator: ".")
    guard url.hasPrefix("https://"), labels.count >= 4, ["lambda", "lambda-fips"].contains(labels[0]),
        ["amazonaws", "api"].contains(labels[2])
    else { return nil }
    return String(labels[1])
}

/// Holds the counts of a dispatch, for whoever shows its progress.
private actor DispatchMeter {
    private var current = Progress(unit: "tasks")
    private let start = ContinuousClock.now

    func set(succeeded: Int64, failed: Int64) {
        current.done = succeeded + failed
        current.failed = failed
    }

    var progress: Progress {
        var progress = current
        progress.seconds = (ContinuousClock.now - start) / .seconds(1)
        return progress
    }
}
