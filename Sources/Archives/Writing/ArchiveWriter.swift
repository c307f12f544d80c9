/// Writes an archive as its members' bytes arrive, in memory that does not grow with them.
///
/// The same members, added in the same order with the same options, give the same bytes, whatever the threads and
/// however the bytes were cut into pieces. Memory: two frames a thread, a few bytes a member to keep names apart, and for
/// zip the directory that stands at its end, about 100 bytes and the name for each member.
public struct ArchiveWriter {
    private var layout: any ArchiveLayout
    private var pipeline: FramePipeline
    private let isCompressing: Bool
    private let output: (ArchiveOutput) async throws -> Void
    private var namer = MemberNamer()
    private var current: ArchiveMember?
    private var left: Int64 = 0
    private var crc32 = CRC32()

    /// Writes an archive.
    ///
    /// - Parameters:
    ///   - options: How.
    ///   - output: Takes the archive's bytes, and each member once its bytes were given, in order; while it waits, at
    ///     most two frames a thread are made.
    ///   - members: Adds the members.
    /// - Returns: What `members` returns.
    /// - Throws: What `output` or `members` throw, or ``ArchiveError``. What was given to `output` then is no archive.
    public static func write<Result>(
        _ options: ArchiveOptions, to output: @escaping (ArchiveOutput) async throws -> Void,
        members: (inout ArchiveWriter) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: (Int, EncodedFrame).self) { group in
            var writer = ArchiveWriter(
                options, pipeline: FramePipeline(group, threads: options.threads), output: output)
            let result = try await members(&writer)
            try await writer.finish()
            return result
        }
    }

    private init(
        _ options: ArchiveOptions, pipeline: FramePipeline, output: @escaping (ArchiveOutput) async throws -> Void
    ) {
        layout = options.format == .zip ? ZipLayout(options) : TarLayout(options)
        isCompressing = options.format != .tar
        self.pipeline = pipeline
        self.output = output
    }

    /// Begins a member; exactly its size in bytes must be written before it is ended.
    public mutating func begin(_ member: ArchiveMember) async throws {
        if let open = current {
            throw ArchiveError(.wrongMember, "\(open.key): the next member begins before it ended", at: 0)
        }
        guard (0...Self.largestMember).contains(member.size) else {
            throw ArchiveError(.tooLarge, "\(member.key): \(member.size) bytes are no size of an object", at: 0)
        }
        current = member
        left = member.size
        crc32 = CRC32()
        try await run(layout.begin(MemberEntry(member: member, name: namer.name(for: member.key))))
    }

    /// Adds bytes to the member that was begun.
    public mutating func write(_ bytes: [UInt8]) async throws {
        guard current != nil, Int64(bytes.count) <= left else {
            throw ArchiveError(.wrongMember, "\(current?.key ?? "No member"): more bytes than announced", at: 0)
        }
        left -= Int64(bytes.count)
        crc32.update(bytes)
        // In steps, so that bytes in memory at once do not make as many frames at once.
        for start in stride(from: 0, to: bytes.count, by: Self.step) {
            try await run(layout.write(bytes[start..<min(start + Self.step, bytes.count)]))
        }
    }

    /// Ends the member that was begun.
    public mutating func end() async throws {
        guard current != nil, left == 0 else {
            throw ArchiveError(.wrongMember, "\(current?.key ?? "No member"): \(left) bytes are missing", at: 0)
        }
        current = nil
        try await run(layout.end(crc32: crc32.value))
    }

    /// Adds a member whose bytes are all there.
    public mutating func add(_ member: ArchiveMember, _ bytes: [UInt8]) async throws {
        try await begin(member)
        try await write(bytes)
        try await end()
    }

    private mutating func finish() async throws {
        if let current { throw ArchiveError(.wrongMember, "\(current.key): the archive ends before it did", at: 0) }
        try await run(layout.finish())
        while pipeline.isBusy { try await deliver(pipeline.next()) }
        for piece in try layout.trailer() { try await output(piece) }
    }

    private mutating func run(_ jobs: [FrameJob]) async throws {
        for job in jobs {
            let frames = isCompressing ? try await pipeline.submit(job) : [try job()]
            try await deliver(frames)
        }
    }

    private mutating func deliver(_ frames: [EncodedFrame]) async throws {
        for frame in frames {
            for piece in try layout.place(frame) { try await output(piece) }
        }
    }

    /// 1 PiB: beyond any object (S3 has 50 TB), and far from where sums of sizes overflow.
    private static let largestMember: Int64 = 1 << 50
    private static let step = 256 << 10
}
