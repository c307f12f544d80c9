import FoundationEssentials
import Manifests
import Testing

@testable import Dispatching

/// A function in this process: answers as its script says, by key and by how often it was asked.
actor ScriptedFunction: FunctionInvoker {
    enum Answer: Sendable {
        case result(TaskResult.Code)
        case failure(InvocationFailure.Kind)
        case hang
    }

    private let script: @Sendable (_ key: String, _ attempt: Int) -> Answer
    private(set) var attempts: [String: Int] = [:]
    private(set) var mostAtOnce = 0
    private var atOnce = 0

    init(_ script: @escaping @Sendable (_ key: String, _ attempt: Int) -> Answer) { self.script = script }

    private struct Event: Decodable {
        struct Task: Decodable {
            var taskId: String
            var s3Key: String
        }
        var invocationId: String
        var tasks: [Task]
    }

    func invoke(_ event: [UInt8]) async throws(InvocationFailure) -> FunctionAnswer {
        guard let event = try? JSONDecoder().decode(Event.self, from: Data(event)), let task = event.tasks.first else {
            throw InvocationFailure(.refused, "no event")
        }
        atOnce += 1
        mostAtOnce = max(mostAtOnce, atOnce)
        defer { atOnce -= 1 }
        await Task.yield()
        attempts[task.s3Key, default: 0] += 1
        switch script(task.s3Key, attempts[task.s3Key] ?? 0) {
        case .failure(let kind): throw InvocationFailure(kind, "scripted")
        case .hang:
            try? await Task.sleep(for: .seconds(60))
            throw InvocationFailure(.cancelled, "cancelled")
        case .result(let code):
            let answer =
                #"{"invocationSchemaVersion":"1.0","invocationId":"\#(event.invocationId)","results":"#
                + #"[{"taskId":"\#(task.taskId)","resultCode":"\#(code.rawValue)","resultString":"scripted"}]}"#
            return FunctionAnswer(payload: Array(answer.utf8))
        }
    }
}

@Suite struct DispatcherTests {
    /// A directory that is gone after the test.
    final class Directory: Sendable {
        let path = "\(FileManager.default.temporaryDirectory.path)/s3haul-\(UUID().uuidString)"
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func job(concurrency: Int = 4, redrives: Int = 2) -> DispatchJob {
        var job = DispatchJob(id: "job-1")
        job.concurrency = concurrency
        job.redrives = redrives
        return job
    }

    private func dispatch(
        _ count: Int, _ function: ScriptedFunction, in directory: Directory, job: DispatchJob,
        stopAfter limit: Int64? = nil
    ) async throws -> DispatchOutcome {
        let journal = try Journal(directory: directory.path, job: job.id, manifest: "m")
        var chunks = (0..<count).map { Array("photos,k\($0)\n".utf8) }[...]
        let rows = ManifestReader(ManifestParser(name: "m", format: .batch)) { chunks.popFirst() }
        return try await Dispatcher(job, functions: [function], backOff: { _ in .zero })
            .run(rows, journal: journal) { succeeded, failed in
                if let limit, succeeded + failed >= limit { withUnsafeCurrentTask { $0?.cancel() } }
            }
    }

    @Test func invokesEveryTaskOnceAndNoMoreThanAllowedAtATime() async throws {
        let function = ScriptedFunction { _, _ in .result(.succeeded) }
        let outcome = try await dispatch(100, function, in: Directory(), job: job())
        #expect(outcome.status == .complete)
        #expect(outcome.succeeded == 100)
        #expect(outcome.invocations == 100)
        #expect(await function.attempts.count == 100)
        #expect(await (2...4).contains(function.mostAtOnce))
    }

    @Test func redrivesWhatFailsForTheTimeBeingUpToTheLimit() async throws {
        let function = ScriptedFunction { key, attempt in
            switch key {
            case "k1": attempt < 3 ? .result(.temporaryFailure) : .result(.succeeded)
            case "k2": .result(.temporaryFailure)
            case "k3": attempt < 2 ? .failure(.throttled) : .result(.succeeded)
            case "k4": .failure(.throttled)
            case "k5": .failure(.refused)
            case "k6": .result(.permanentFailure)
            case "k7": attempt < 5 ? .failure(.unreachable) : .result(.succeeded)
            default: .result(.succeeded)
            }
        }
        let outcome = try await dispatch(10, function, in: Directory(), job: job())
        #expect(outcome.status == .complete)
        #expect(outcome.failed == 4)
        #expect(outcome.succeeded == 6)
        let attempts = await function.attempts
        #expect(["k1", "k2", "k3", "k4", "k5", "k6", "k7"].map { attempts[$0] } == [3, 3, 2, 3, 1, 1, 5])
    }

    @Test func givesUpWhenMoreThanHalfOfAThousandFailed() async throws {
        let function = ScriptedFunction { _, _ in .result(.permanentFailure) }
        let outcome = try await dispatch(2_000, function, in: Directory(), job: job())
        #expect(outcome.status == .failed)
        #expect((1_000...1_004).contains(outcome.failed))
    }

    @Test func doesNotGiveUpBelowAThousandTasks() async throws {
        let function = ScriptedFunction { _, _ in .result(.permanentFailure) }
        let outcome = try await dispatch(999, function, in: Directory(), job: job())
        #expect(outcome.status == .complete)
        #expect(outcome.failed == 999)
    }

    @Test func stopsWhenNobodyAnswersAndLosesNoTask() async throws {
        let directory = Directory()
        let silent = ScriptedFunction { _, _ in .failure(.unreachable) }
        let outcome = try await dispatch(3, silent, in: directory, job: job(concurrency: 1))
        #expect(outcome.status == .unreachable)
        #expect(outcome.failed == 0)
        let answering = ScriptedFunction { _, _ in .result(.succeeded) }
        #expect(try await dispatch(3, answering, in: directory, job: job()).succeeded == 3)
    }

    @Test func goesOnWhereItWas() async throws {
        let directory = Directory()
        let first = ScriptedFunction { _, _ in .result(.succeeded) }
        let cut = try await Task {
            try await dispatch(1_000, first, in: directory, job: job(), stopAfter: 400)
        }.value
        #expect(cut.status == .interrupted)
        #expect((400..<410).contains(cut.succeeded))
        let second = ScriptedFunction { _, _ in .result(.succeeded) }
        let rest = try await dispatch(1_000, second, in: directory, job: job())
        #expect(rest.status == .complete)
        #expect(rest.succeeded == 1_000)
        #expect(rest.resumed == cut.succeeded)
        #expect(rest.invocations == 1_000 - cut.succeeded)
    }

    @Test func isInterruptedWhileTheFunctionWorks() async throws {
        let function = ScriptedFunction { key, _ in key == "k0" ? .result(.succeeded) : .hang }
        let outcome = try await Task {
            try await dispatch(10, function, in: Directory(), job: job(), stopAfter: 1)
        }.value
        #expect(outcome.status == .interrupted)
        #expect(outcome.succeeded == 1)
        #expect(outcome.failed == 0)
    }
}
