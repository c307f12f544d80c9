/// Decodes frames, one after the other, from chunks of any size, a bounded piece at a time.
public struct FrameDecoder: ~Copyable {
    private enum Engine: ~Copyable {
        case none
        case inflate(Inflater)
        case zstd(ZstdDecompressor)
    }

    private var engine: Engine
    private let limit: Int64
    private var decoded: Int64 = 0

    /// Makes a decoder.
    ///
    /// - Parameters:
    ///   - encoding: How the frames are written.
    ///   - limit: The most bytes that they may decode to, together; what goes beyond is an error.
    /// - Throws: ``ArchiveError`` where there is no memory for it.
    public init(_ encoding: FrameEncoding, limit: Int64 = .max) throws(ArchiveError) {
        switch encoding {
        case .none: engine = .none
        case .gzip: engine = .inflate(try Inflater(isGzip: true))
        case .deflate: engine = .inflate(try Inflater(isGzip: false))
        case .zstd: engine = .zstd(try ZstdDecompressor())
        }
        self.limit = limit
    }

    /// Decodes some of the input, and takes it from there.
    ///
    /// - Parameters:
    ///   - input: What was not decoded yet.
    ///   - size: The most bytes to give back.
    /// - Returns: The next bytes; none when it needs more input.
    /// - Throws: ``ArchiveError`` with the offset in the input since the first call.
    public mutating func decode(_ input: inout ArraySlice<UInt8>, atMost size: Int) throws(ArchiveError) -> [UInt8] {
        let output: [UInt8]
        switch engine {
        case .none:
            output = Array(input.prefix(size))
            input = input.dropFirst(output.count)
        case .inflate(let inflater): output = try inflater.decode(&input, atMost: size)
        case .zstd(let decompressor): output = try decompressor.decode(&input, atMost: size)
        }
        decoded = decoded.addingReportingOverflow(Int64(output.count)).partialValue
        guard decoded <= limit else {
            throw ArchiveError(.tooLarge, "The frame decodes to more than \(limit) bytes", at: limit)
        }
        return output
    }

    /// Says that the input is at its end.
    ///
    /// - Throws: ``ArchiveError`` where the last frame is not.
    public func finish() throws(ArchiveError) {
        switch engine {
        case .none: return
        case .inflate(let inflater): try inflater.finish()
        case .zstd(let decompressor): try decompressor.finish()
        }
    }
}
