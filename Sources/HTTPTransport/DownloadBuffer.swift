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

    /// Takes a copy of bytes from the socket; `false` when there is no room, and the socket is to be left alone.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard state.bytes.count < Self.highWater else {
                state.isPaused = true
                return false
            }
            state.bytes.append(contentsOf: bytes)
            return true
        }
    }

    /// Gives the reader, if it waits, what has arrived since.
    func deliver() {
        let (reader, chunk): (CheckedContinuation<Chunk, Never>?, Chunk?) = state.withLock { state in
            guard let reader = state.reader, let chunk = Self.ready(&state) else { return (nil, nil) }
            state.reader = nil
            return (reader, chunk)
        }
        if let reader, let chunk { reader.resume(returning: chunk) }
    }

    /// Says that nothing more comes: the body is whole, or broke off.
    func finish(_ end: Result<Void, HTTPError>) {
        state.withLock { state in state.end = state.end ?? end }
        deliver()
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
