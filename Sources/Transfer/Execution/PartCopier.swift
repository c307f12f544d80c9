import AWSCore
import S3

/// Copies the parts of one upload that are missing, as many at a time as S3 takes well.
struct PartCopier: Sendable {
    let store: any ObjectStore
    let source: CopySource
    let upload: UploadReference
    let layout: PartLayout
    let clock: TransferClock
    /// Is told the size of each part that is copied.
    let copied: @Sendable (Int64) -> Void

    /// How often a part is begun again after the client's own retries were used up.
    private static let mostTries = 4

    private enum Event: Sendable {
        case part(Int, Result<CopiedPart, AWSError>, Duration)
        case lost(CheckpointError)
    }

    /// What is known of the parts while they are copied.
    private struct Progress {
        var parts: [CopiedPart?]
        var next = 1
        var again: [Int] = []
        var tries: [Int: Int] = [:]
        /// How many parts failed since the last one that did not.
        var failuresInARow = 0
        var running = 0
        var parallelism: Parallelism
        var failure: TransferFailure?

        /// The next part to begin; `nil` when there is none, or nothing more is to be begun.
        mutating func nextNumber() -> Int? {
            guard failure == nil, running < parallelism.limit else { return nil }
            if let number = again.popLast() { return number }
            while next <= parts.count, parts[next - 1] != nil { next += 1 }
            guard next <= parts.count else { return nil }
            defer { next += 1 }
            return next
        }
    }

    /// Copies all parts but those that are there.
    ///
    /// - Parameters:
    ///   - present: What ListParts showed.
    ///   - parallelism: How many parts shall be under way; `nil` adapts.
    ///   - keepAlive: Runs beside the copying and returns only with the reason to stop it.
    /// - Returns: All parts, in order.
    /// - Throws: `TransferFailure` for the first failure that ends the transfer.
    func copyMissing(
        present: [UploadedPart], parallelism: Int?, keepAlive: @escaping @Sendable () async -> CheckpointError
    ) async throws(TransferFailure) -> [CopiedPart] {
        var progress = Progress(
            parts: keep(present), parallelism: Parallelism(wanted: parallelism, parts: layout.count))
        let start = clock.elapsed()
        await withTaskGroup(of: Event.self) { group in
            group.addTask { .lost(await keepAlive()) }
            begin(&progress, in: &group)
            while progress.running > 0, let event = await group.next() {
                take(event, into: &progress, at: clock.elapsed() - start)
                if progress.failure == nil { begin(&progress, in: &group) } else { group.cancelAll() }
            }
            group.cancelAll()
        }
        let parts = progress.parts.compactMap(\.self)
        if var failure = progress.failure {
            failure.message += "; \(parts.count) of \(layout.count) parts are copied"
            throw failure
        }
        guard parts.count == layout.count else { throw TransferFailure(CheckpointError.cancelled) }
        return parts
    }

    /// The parts that are there in the size that they are to have; with a number twice, the later one counts, as in S3.
    private func keep(_ present: [UploadedPart]) -> [CopiedPart?] {
        var parts = [CopiedPart?](repeating: nil, count: layout.count)
        for uploaded in present where (1...layout.count).contains(uploaded.part.number) {
            let number = uploaded.part.number
            parts[number - 1] = uploaded.size == layout.size(ofPart: number) ? uploaded.part : nil
        }
        return parts
    }

    private func begin(_ progress: inout Progress, in group: inout TaskGroup<Event>) {
        while let number = progress.nextNumber() {
            progress.running += 1
            let request = PartCopy(
                source: source, upload: upload, number: number,
                range: layout.count == 1 ? nil : layout.range(ofPart: number))
            group.addTask {
                let start = clock.elapsed()
                do throws(AWSError) {
                    let part = try await store.copyPart(request)
                    return .part(number, .success(part), clock.elapsed() - start)
                } catch {
                    return .part(number, .failure(error), clock.elapsed() - start)
                }
            }
        }
    }

    private func take(_ event: Event, into progress: inout Progress, at time: Duration) {
        switch event {
        case .lost(let error): progress.failure = progress.failure ?? TransferFailure(error)
        case .part(let number, .success(let part), let duration):
            progress.running -= 1
            progress.failuresInARow = 0
            progress.parts[number - 1] = part
            progress.parallelism.succeeded(bytes: layout.size(ofPart: number), after: duration)
            copied(layout.size(ofPart: number))
        case .part(let number, .failure(let error), _):
            progress.running -= 1
            guard progress.failure == nil else { return }
            progress.failuresInARow += 1
            progress.tries[number, default: 1] += 1
            let mayGoOn =
                !error.isCancellation && (error.isTransient || error.isThrottling)
                && progress.tries[number, default: 1] <= Self.mostTries
                && progress.failuresInARow <= 2 * progress.parallelism.limit + 8
            if mayGoOn {
                progress.again.append(number)
                progress.parallelism.struggled(at: time)
            } else {
                progress.failure = failure(error, of: number)
            }
        }
    }

    private func failure(_ error: AWSError, of number: Int) -> TransferFailure {
        var failure = TransferFailure(error)
        switch error.code {
        case "PreconditionFailed":
            failure.message = "\(source.object) changed while it was copied (part \(number): \(error))"
            failure.advice = "copy it again when nothing writes to it, or name the version to copy"
        case "NoSuchKey", "NoSuchVersion":
            failure.message = "\(source.object) was deleted while it was copied (part \(number): \(error))"
        default: break
        }
        return failure
    }
}
