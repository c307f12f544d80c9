internal import AWSCore
internal import HTTPTransport

/// In which region each bucket is: asked once a bucket, whoever waits for it.
///
/// It keeps one short entry a bucket; runs have few buckets. A failure is told to those who wait for it, and not
/// remembered.
final class BucketRegions: Sendable {
    /// Asks for a bucket's region; `nil` when nobody tells.
    typealias Ask = @Sendable (String) async throws(AWSError) -> String?
    private typealias Outcome = Result<String?, AWSError>

    private struct State {
        var known: [String: String] = [:]
        var questions: [String: Question] = [:]
        var waitersSoFar = 0
    }

    /// One request under way, and who waits for its reply.
    private struct Question {
        var task: Task<Void, Never>
        var waiters: [Int: CheckedContinuation<Outcome, Never>] = [:]
    }

    private let ask: Ask
    private let state = Locked(State())

    init(_ ask: @escaping Ask) { self.ask = ask }

    deinit { state.withLock { $0.questions.values.forEach { $0.task.cancel() } } }

    /// The region, where it is known.
    func known(_ bucket: String) -> String? { state.withLock { $0.known[bucket] } }

    /// Remembers what a reply said.
    func learn(_ bucket: String, _ region: String) { state.withLock { $0.known[bucket] = region } }

    /// The region, asked for where it is not known; `nil` when nobody tells.
    func region(of bucket: String) async throws(AWSError) -> String? {
        if let region = known(bucket) { return region }
        return try await wait(for: bucket).get()
    }

    private func wait(for bucket: String) async -> Outcome {
        let cancelled = Outcome.failure(
            AWSError(.cancelled, operation: HeadBucketRequest.name, subject: "s3://\(bucket)", attempts: 0))
        let number = state.withLock { state in
            state.waitersSoFar += 1
            return state.waitersSoFar
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                // Under the lock, so that a cancellation comes either before this check or after the waiter is known, and
                // a reply that has come in since the first look is seen.
                let outcome: Outcome? = state.withLock { state in
                    if Task.isCancelled { return cancelled }
                    if let region = state.known[bucket] { return .success(region) }
                    state.questions[bucket, default: Question(task: question(bucket))].waiters[number] = waiter
                    return nil
                }
                if let outcome { waiter.resume(returning: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.questions[bucket]?.waiters.removeValue(forKey: number) }
            waiter?.resume(returning: cancelled)
        }
    }

    /// Asks in a task of its own, which outlives those that wait for it.
    private func question(_ bucket: String) -> Task<Void, Never> {
        Task { [ask, weak self] in
            let outcome: Outcome
            do throws(AWSError) {
                outcome = .success(try await ask(bucket))
            } catch {
                outcome = .failure(error)
            }
            self?.finish(bucket, outcome)
        }
    }

    private func finish(_ bucket: String, _ outcome: Outcome) {
        let question = state.withLock { state in
            if case .success(let region?) = outcome { state.known[bucket] = region }
            return state.questions.removeValue(forKey: bucket)
        }
        question?.waiters.values.forEach { $0.resume(returning: outcome) }
    }
}

extension ServiceError {
    /// The region to which the request should have gone, where the reply says it.
    var rightRegion: String? { headers.text("x-amz-bucket-region") }
}
