internal import CZlib

/// Makes a deflate stream one that others can follow.
///
/// libdeflate ends what it writes with a final block. To make one stream of many pieces, each compressed by itself, that
/// block's mark is cleared and an empty stored block brings the end to a whole byte, as zlib's sync flush would. Where
/// the last block begins only decoding tells; zlib's inflate stops at every block (its example `gzjoin.c` does this).
enum DeflateJoint {
    /// The stream without its end.
    ///
    /// - Throws: ``ArchiveError`` where the bytes are not one whole deflate stream.
    static func opened(_ stream: [UInt8]) throws(ArchiveError) -> [UInt8] {
        let end = try lastBlock(stream)
        var opened = stream
        opened[end.startBit / 8] &= ~(1 << UInt8(end.startBit % 8))
        // The header of a stored block takes three bits; where the last byte has fewer, it goes on in another.
        if end.unusedBits < 3 { opened.append(0) }
        return opened + [0, 0, 0xFF, 0xFF]
    }

    /// Finds the last block's first bit, and how many bits of the stream's last byte are unused.
    ///
    /// zlib's state points back to `stream`, which is a variable that stays in its place until `inflateEnd`; the pointers
    /// into the two arrays it has only within the closures that lend them.
    private static func lastBlock(_ bytes: [UInt8]) throws(ArchiveError) -> (startBit: Int, unusedBits: Int) {
        var stream = z_stream()
        guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw ArchiveError(.outOfMemory, "No memory for inflate", at: 0)
        }
        defer { inflateEnd(&stream) }
        var scratch = [UInt8](repeating: 0, count: 256 << 10)
        var input = bytes
        var startBit = 0
        var unusedBits = 0
        let status = input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(clamping: input.count)
            return scratch.withUnsafeMutableBufferPointer { scratch in
                while true {
                    stream.next_out = scratch.baseAddress
                    stream.avail_out = UInt32(clamping: scratch.count)
                    let status = inflate(&stream, Z_BLOCK)
                    if status != Z_OK { return status }
                    // Bit 7 says that it stands behind a block, bit 6 that the block was the last.
                    switch stream.data_type & 0xC0 {
                    case 0x80: startBit = (input.count - Int(stream.avail_in)) * 8 - Int(stream.data_type & 7)
                    case 0xC0: unusedBits = Int(stream.data_type & 7)
                    default: break
                    }
                }
            }
        }
        guard status == Z_STREAM_END, stream.avail_in == 0 else {
            throw ArchiveError(.damaged, "A deflate stream that does not end where it should", at: 0)
        }
        return (startBit, unusedBits)
    }
}
