import AWSCore
import Dispatch
import Glibc

/// Why a run is to stop.
enum StopReason: Sendable, Equatable {
    case signal(String)
    case spotReclaim
}

/// Runs a body that ends on cancellation, and cancels it on SIGINT, SIGTERM or the notice that a spot instance ends.
///
/// - Returns: What the body returned, and why it was told to stop, if it was.
func untilStopped<Value: Sendable>(
    watching metadata: InstanceMetadata?, _ body: @escaping @Sendable () async throws -> Value
) async throws -> (Value, StopReason?) {
    let (signals, continuation) = AsyncStream.makeStream(of: StopReason.self, bufferingPolicy: .bufferingOldest(1))
    let watched = [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")].map { number, name in
        // The source needs the signal to be ignored; a second one ends the process at once.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        source.setEventHandler {
            signal(number, SIG_DFL)
            continuation.yield(.signal(name))
        }
        source.resume()
        return source
    }
    defer { watched.forEach { $0.cancel() } }
    return try await withThrowingTaskGroup(of: Event<Value>.self) { group in
        group.addTask { .ended(try await body()) }
        group.addTask {
            for await reason in signals { return .stop(reason) }
            return .nothing
        }
        if let metadata {
            group.addTask { await spotReclaim(metadata) ? .stop(.spotReclaim) : .nothing }
        }
        defer { group.cancelAll() }
        var reason: StopReason?
        while let event = try await group.next() {
            switch event {
            case .ended(let value): return (value, reason)
            case .nothing: continue
            case .stop(let why):
                reason = why
                group.cancelAll()
            }
        }
        throw CancellationError()
    }
}

private enum Event<Value: Sendable>: Sendable {
    case ended(Value)
    case stop(StopReason)
    case nothing
}

/// Waits until the instance is to be reclaimed; `false` when the task is cancelled before.
///
/// A transfer is to have stopped within five seconds of the notice, and takes up to three to write down where it is
/// (`uncancelled`), so it is asked for every second.
private func spotReclaim(_ metadata: InstanceMetadata) async -> Bool {
    while !Task.isCancelled {
        if await metadata.spotInterruption() != nil { return true }
        try? await Task.sleep(for: .seconds(1))
    }
    return false
}
