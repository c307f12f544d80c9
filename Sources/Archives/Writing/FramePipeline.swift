/// Does the jobs of frames on several threads and gives what they made in the order of the jobs.
///
/// At most two frames a thread are under way or waiting for an earlier one, which bounds the memory: enough to keep the
/// threads busy while the next members arrive. A job holds a thread of the pool for about 10 ms (1 MiB of deflate), so
/// that other tasks get their turn; never one that the caller prefers, which may be one for all requests.
struct FramePipeline {
    private var group: ThrowingTaskGroup<(Int, EncodedFrame), any Error>
    private let limit: Int
    private var submitted = 0
    private var delivered = 0
    private var waiting: [Int: EncodedFrame] = [:]

    init(_ group: ThrowingTaskGroup<(Int, EncodedFrame), any Error>, threads: Int) {
        self.group = group
        limit = 2 * threads
    }

    /// Starts a job.
    ///
    /// - Returns: The frames, in order, that were finished while it waited for room.
    mutating func submit(_ job: @escaping FrameJob) async throws -> [EncodedFrame] {
        var frames: [EncodedFrame] = []
        while submitted - delivered >= limit { frames += try await next() }
        let number = submitted
        submitted += 1
        group.addTask(executorPreference: globalConcurrentExecutor) { (number, try job()) }
        return frames
    }

    /// The next frames in order; none when all were delivered.
    mutating func next() async throws -> [EncodedFrame] {
        guard let (number, frame) = try await group.next() else { return [] }
        waiting[number] = frame
        var frames: [EncodedFrame] = []
        while let frame = waiting.removeValue(forKey: delivered) {
            frames.append(frame)
            delivered += 1
        }
        return frames
    }

    /// Whether jobs are left whose frames were not delivered.
    var isBusy: Bool { delivered < submitted }
}
