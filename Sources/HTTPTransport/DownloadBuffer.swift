/// What has arrived of a streamed response body and has not been read: the event loop writes, one task reads.
final class DownloadBuffer: Sendable {
    /// From here on the socket is not read any more, in bytes.
    static let highWater = 256 << 10

    typealias Chunk = Result<[UInt8]?, HTTPError>

    private struct State {
        var bytes: [UInt8] = []
        var reader: CheckedContinuation<Chunk, Never>?
        var end: Result<Void, HTTPError>?
        var isPaused = false
    }

    private let state = Locked(State())

    /// Takes bytes from the socket; `false` when there is no room, and the socket is to be left alone.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (accepted, reader): (Bool, CheckedContinuation<Chunk, Never>?) = state.withLock { state in
            if let reader = state.reader {
                state.reader = nil
                return (true, reader)
            }
            guard state.bytes.count < Self.highWater else {
                state.isPaused = true
                return (false, nil)
            }
            state.bytes.append(contentsOf: bytes)
            return (true, nil)
        }
        reader?.resume(returning: .success([UInt8](bytes)))
        return accepted
    }

    /// Says that nothing more comes: the body is whole, or broke off.
    func finish(_ end: Result<Void, HTTPError>) {
        let reader: CheckedContinuation<Chunk, Never>? = state.withLock { state in
            guard state.end == nil else { return nil }
            state.end = end
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: end.map { nil })
    }

    /// Whether the socket waits for the reader.
    var isPaused: Bool { state.withLock { $0.isPaused } }

    /// Everything that has arrived, or what arrives next; `nil` at the end.
    ///
    /// `resume` is called when the socket was waiting for room and there is some again.
    func next(resume: () -> Void) async -> Chunk {
        let (ready, wasPaused): (Chunk?, Bool) = take()
        if wasPaused { resume() }
        if let ready { return ready }
        return await withCheckedContinuation { reader in
            let ready: Chunk? = state.withLock { state in
                if let ready = Self.ready(&state) { return ready }
                state.reader = reader
                return nil
            }
            if let ready { reader.resume(returning: ready) }
        }
    }

    private func take() -> (Chunk?, Bool) {
        state.withLock { state in
            let ready = Self.ready(&state)
            defer { state.isPaused = false }
            return (ready, state.isPaused)
        }
    }

    private static func ready(_ state: inout State) -> Chunk? {
        if !state.bytes.isEmpty {
            let bytes = state.bytes
            state.bytes = []
            return .success(bytes)
        }
        return state.end.map { end in end.map { nil } }
    }
}
