import HTTPTransport
import Testing

/// Gives chunks and counts how many were asked for.
final class ChunkSource: Sendable {
    private let state = Locked(0)
    private let count: Int
    private let size: Int

    init(count: Int, size: Int) {
        self.count = count
        self.size = size
    }

    var given: Int { state.withLock { $0 } }

    var whole: [UInt8] { (0..<count).flatMap { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: size) } }

    @Sendable func next() async -> [UInt8]? {
        let number = state.withLock { state in
            defer { state = min(state + 1, count) }
            return state
        }
        return number < count ? [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size) : nil
    }
}

/// What `value` is once it has not changed for a while.
func settled<Value: Equatable>(_ value: () -> Value) async -> Value {
    var last = value()
    var since = ContinuousClock.now
    while ContinuousClock.now - since < .milliseconds(300) {
        await Task.yield()
        let now = value()
        if now != last { (last, since) = (now, .now) }
    }
    return last
}
