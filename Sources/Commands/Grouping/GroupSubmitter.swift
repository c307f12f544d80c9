import AWSCore
import BatchJobs
import Checksums
import Console
import Grouping
import Jobs
import S3
import SQS

/// Tells workers of a grouping's manifests, each once: how far it came is noted in the grouping's document.
///
/// Killed between telling and noting, it tells of at most `stride` manifests twice by messages, which workers stand;
/// jobs it finds again by their names.
struct GroupSubmitter {
    private let submission: GroupRequest.Submission
    private let place: any GroupPlace
    private let session: Session

    /// So many messages are sent before it is noted.
    private static let stride = 1_000

    init(_ submission: GroupRequest.Submission, place: any GroupPlace, session: Session) {
        self.submission = submission
        self.place = place
        self.session = session
    }

    /// Submits what is not submitted yet.
    ///
    /// - Returns: How many manifests are submitted, this time and before; `nil` when it was cancelled.
    func submit(_ document: GroupingDocument) async throws -> Int? {
        var document = document
        let total = Int(document.totals?.groups ?? 0)
        var done = document.submitted[target] ?? 0
        while done < total {
            if Task.isCancelled { return nil }
            let lines = try await list(of: done)
            let rest = lines.dropFirst(done % GroupLists.length)
            guard !rest.isEmpty else { throw broken(GroupLists.name(of: done), "has fewer manifests than were made") }
            switch submission {
            case .messages(let queueURL):
                let batch = Array(rest.prefix(Self.stride))
                try await send(batch, to: queueURL)
                done += batch.count
            case .jobs(let queue, let definition, let flags):
                try await submit(Array(rest), list: done, to: queue, definition, flags, document)
                done += rest.count
            }
            document.submitted[target] = done
            try await place.replace(try document.json(), GroupingDocument.name)
        }
        return done
    }

    private var target: String {
        switch submission {
        case .messages(let queueURL): queueURL
        case .jobs(let queue, _, _): "job queue \(queue)"
        }
    }

    /// The addresses in the list that has a manifest.
    private func list(of manifest: Int) async throws -> [String] {
        let name = GroupLists.name(of: manifest)
        guard let bytes = try await place.read(name) else { throw broken(name, "is missing") }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func broken(_ name: String, _ problem: String) -> UsageError {
        UsageError("\(place.address(name)) \(problem); group into another place with --to, and submit that")
    }

    private func send(_ manifests: [String], to queueURL: String) async throws {
        let messages = try manifests.map { uri in
            OutgoingMessage(try QueueMessage.bundle(manifest: ObjectReference(uri: uri), settings: [:]).body)
        }
        let sqs = SQSClient(session.aws)
        var rest = messages
        while !rest.isEmpty {
            let sent = await sqs.sendMessageBatch(rest, to: queueURL)
            guard let first = sent.failed.first else { return }
            let final = sent.failed.first { !$0.error.isTransient && !$0.error.isThrottling }
            // What SQS could not take for the moment is sent again, alone, for as long as it takes any of it.
            guard final == nil, sent.failed.count < rest.count else {
                throw RefusedMessages(count: sent.failed.count, of: messages.count, error: (final ?? first).error)
            }
            rest = sent.failed.map { rest[$0.index] }
        }
    }

    /// Submits one list: as an array job, or where it has one manifest alone, as a job.
    private func submit(
        _ manifests: [String], list: Int, to queue: String, _ definition: String, _ flags: [String],
        _ document: GroupingDocument
    ) async throws {
        let batch = BatchClient(session.aws)
        let name = GroupLists.name(of: list)
        let digest = SHA256.digest(Array("\(place.address(name)) \(document.started)".utf8)).hexadecimal
        let jobName = "s3haul-group-\(digest.prefix(16))-\(list / GroupLists.length + 1)"
        var known = batch.listJobs(.init(.queueNamed(queue, namePrefix: jobName))).makeAsyncIterator()
        while let job = try await known.next() {
            if job.jobName == jobName { return }
        }
        var request = SubmitJobRequest(jobName: jobName, jobQueue: queue, jobDefinition: definition)
        var overrides = ContainerOverrides()
        let input = manifests.count == 1 ? ["--manifest", manifests[0]] : ["--manifest-list", place.address(name)]
        overrides.command = ["s3haul", "bundle"] + input + flags
        request.containerOverrides = overrides
        if manifests.count > 1 { request.arraySize = manifests.count }
        request.retryStrategy = .ofWorkers(attempts: JobSettings().attempts)
        _ = try await batch.submitJob(request)
    }
}

/// Messages that SQS did not take, of those that were sent together.
struct RefusedMessages: Error, CustomStringConvertible {
    var count: Int
    var of: Int
    var error: AWSError

    var description: String {
        "\(count) of \(of) messages were not taken: \(error); the same command sends them again, those that were taken with "
            + "them, which workers stand"
    }
}
