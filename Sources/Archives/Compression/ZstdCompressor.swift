internal import CZstd

/// Zstandard, for one frame at a time.
///
/// Level 3 in frames of 1 MiB, measured as for deflate: two thirds of the CPU of `zstd -3 -T2` at 1.00 to 1.02 of its
/// size; its window of 2 MiB sees a little more.
///
/// Its tables of about 1.3 MB are used again for the next frame, which is not compressed otherwise for that: what they
/// hold of an earlier frame lies before its first byte, and is not looked at.
///
/// The pointer is the library's own object; only this object has it, and frees it. Unchecked: it is one job's at a time;
/// whoever hands it to a job has it back only with the frame that the job made.
final class ZstdCompressor: @unchecked Sendable {
    private let context: OpaquePointer

    /// Makes a compressor of a level, from negative ones to 22.
    init(level: Int) throws(ArchiveError) {
        guard let context = ZSTD_createCCtx() else {
            throw ArchiveError(.outOfMemory, "No memory for zstd", at: 0)
        }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level))
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    /// The bytes as a frame with its size and checksum.
    func frame(_ bytes: [UInt8]) throws(ArchiveError) -> [UInt8] {
        var failure: Int?
        // zstd reads the bytes and writes the array within the call; where it fails, the array stays empty.
        let frame = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { output, count in
            let result = bytes.withUnsafeBytes {
                ZSTD_compress2(context, output.baseAddress, output.count, $0.baseAddress, $0.count)
            }
            if ZSTD_isError(result) != 0 { failure = result } else { count = result }
        }
        if let failure {
            throw ArchiveError(.outOfMemory, "zstd: \(String(cString: ZSTD_getErrorName(failure)))", at: 0)
        }
        return frame
    }
}
