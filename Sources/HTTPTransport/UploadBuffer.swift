/// The chunk of a streamed request body that is being sent: one task writes, the event loop reads.
///
/// It holds one chunk: the next is asked for when the socket has taken this one.
final class UploadBuffer: Sendable {
    /// What the event loop finds.
    enum Reading {
        /// So many bytes were copied; 0 at the end.
        case bytes(Int)
        /// Nothing yet; the loop is told when there is.
        case later
        /// The body cannot be finished.
        case failed(String)
    }

    private struct State {
        var chunk: [UInt8] = []
        var offset = 0
        var sent: Int64 = 0
        var isEnded = false
        var failure: String?
        var isStarved = false
        var writer: CheckedContinuation<Bool, Never>?
    }

    private let state = Locked(State())
    private let length: Int64?

    init(length: Int64?) { self.length = length }

    /// Copies the next bytes to the socket's buffer, no more than it has room for, within the call.
    func read(into target: UnsafeMutableRawBufferPointer) -> Reading {
        let (reading, writer): (Reading, CheckedContinuation<Bool, Never>?) = state.withLock { state in
            if let failure = state.failure { return (.failed(failure), nil) }
            if state.offset == state.chunk.count {
                if state.isEnded { return (.bytes(0), nil) }
                state.isStarved = true
                return (.later, nil)
            }
            let count = min(target.count, state.chunk.count - state.offset)
            target.copyBytes(from: state.chunk[state.offset..<state.offset + count])
            state.offset += count
            guard state.offset == state.chunk.count else { return (.bytes(count), nil) }
            state.chunk = []
            state.offset = 0
            defer { state.writer = nil }
            return (.bytes(count), state.writer)
        }
        writer?.resume(returning: true)
        return reading
    }

    /// Whether the socket waits for the writer.
    var isStarved: Bool { state.withLock { $0.isStarved } }

    /// Says that no one reads any more.
    func close() {
        let writer: CheckedContinuation<Bool, Never>? = state.withLock { state in
            state.isEnded = true
            state.failure = state.failure ?? "the request is over"
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume(returning: false)
    }

    /// Runs `next` until the body ends, chunk by chunk, as fast as the socket takes them.
    ///
    /// - Parameters:
    ///   - next: Gives the next chunk, `nil` at the end.
    ///   - resume: Called when the socket was waiting and there is something for it.
    func pump(from next: @Sendable () async throws -> [UInt8]?, resume: () -> Void) async {
        do {
            while let chunk = try await next() {
                guard await push(chunk, resume: resume) else { return }
            }
            end(failure: nil, resume: resume)
        } catch {
            end(failure: "the body could not be read: \(error)", resume: resume)
        }
    }

    private func push(_ chunk: [UInt8], resume: () -> Void) async -> Bool {
        guard !chunk.isEmpty else { return true }
        let isOver: Bool = state.withLock { state in
            state.sent += Int64(chunk.count)
            if let length, state.sent > length {
                state.failure = "the body is longer than the \(length) bytes announced"
            }
            return state.isEnded || state.failure != nil
        }
        guard !isOver else {
            resume()
            return false
        }
        return await withCheckedContinuation { writer in
            let wake: (writer: CheckedContinuation<Bool, Never>?, starved: Bool) = state.withLock { state in
                guard !state.isEnded else { return (writer, false) }
                state.chunk = chunk
                state.offset = 0
                state.writer = writer
                defer { state.isStarved = false }
                return (nil, state.isStarved)
            }
            wake.writer?.resume(returning: false)
            if wake.starved { resume() }
        }
    }

    private func end(failure: String?, resume: () -> Void) {
        state.withLock { state in
            state.isEnded = true
            state.failure = failure ?? state.failure
            if let length, state.sent < length, state.failure == nil {
                state.failure = "the body ended after \(state.sent) of the \(length) bytes announced"
            }
            state.isStarved = false
        }
        resume()
    }
}
