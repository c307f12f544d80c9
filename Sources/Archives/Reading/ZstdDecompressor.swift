internal import CZstd

/// Decodes zstd frames.
///
/// The pointer is the library's own object; only this object has it, and frees it.
final class ZstdDecompressor {
    private let context: OpaquePointer
    private var position: Int64 = 0
    private var isBetweenFrames = true

    /// The largest window, as a power of 2: 8 MiB, what RFC 8878 asks of every decoder. A frame cannot make it allocate more.
    private static let largestWindow: Int32 = 23

    init() throws(ArchiveError) {
        guard let context = ZSTD_createDCtx() else { throw ArchiveError(.outOfMemory, "No memory for zstd", at: 0) }
        self.context = context
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.largestWindow)
    }

    deinit { ZSTD_freeDCtx(context) }

    func decode(_ input: inout ArraySlice<UInt8>, atMost size: Int) throws(ArchiveError) -> [UInt8] {
        while true {
            let had = input.count
            let output = try decodeSome(&input, atMost: size)
            if !output.isEmpty || input.count == had || input.isEmpty { return output }
        }
    }

    func finish() throws(ArchiveError) {
        guard isBetweenFrames, position > 0 else {
            throw ArchiveError(.truncated, "The compressed data ends too early", at: position)
        }
    }

    private func decodeSome(_ input: inout ArraySlice<UInt8>, atMost size: Int) throws(ArchiveError) -> [UInt8] {
        if input.isEmpty, isBetweenFrames { return [] }
        var status = 0
        var used = 0
        // zstd reads the input and writes the output within the call only.
        let output = [UInt8](unsafeUninitializedCapacity: size) { output, count in
            var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
            used = input.withUnsafeBytes { bytes in
                var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
                status = ZSTD_decompressStream(context, &target, &source)
                return source.pos
            }
            count = target.pos
        }
        position += Int64(used)
        input = input.dropFirst(used)
        guard ZSTD_isError(status) == 0 else {
            let reason = String(cString: ZSTD_getErrorName(status))
            let isTooLarge = ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge
            throw ArchiveError(
                isTooLarge ? .unsupported : .damaged, "The zstd data cannot be read: \(reason)", at: position)
        }
        isBetweenFrames = status == 0
        return output
    }
}
