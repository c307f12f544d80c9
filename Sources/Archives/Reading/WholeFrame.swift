internal import CDeflate

/// Decodes frames that are in memory as a whole.
///
/// gzip and deflate by libdeflate, which takes less than half of zlib's time but must have room for all that comes out;
/// where a frame does not say how much that is, or says it wrong, ``FrameDecoder`` decodes it piece by piece.
///
/// The pointer is the library's own object; it belongs to this value alone, which cannot be copied and frees it.
public struct WholeFrameDecoder: ~Copyable {
    private let decompressor: OpaquePointer

    /// The most that is decoded at once, in bytes: frames are made of 1 MiB, and those of one larger member are streamed.
    public static let largest = 64 << 20

    /// Makes a decoder; it may decode any number of frames.
    ///
    /// - Throws: ``ArchiveError`` where there is no memory for it.
    public init() throws(ArchiveError) {
        guard let decompressor = libdeflate_alloc_decompressor() else {
            throw ArchiveError(.outOfMemory, "No memory for inflate", at: 0)
        }
        self.decompressor = decompressor
    }

    deinit { libdeflate_free_decompressor(decompressor) }

    /// What a frame decodes to.
    ///
    /// - Parameters:
    ///   - frame: All bytes of the frame, or of several in a row.
    ///   - encoding: How they are written.
    ///   - size: How many bytes of what comes out are wanted, from its beginning.
    /// - Returns: At least so many bytes, unless the frame has fewer.
    /// - Throws: ``ArchiveError`` where the frame is damaged, or more than ``largest`` bytes are wanted.
    public func decode(
        _ frame: [UInt8], _ encoding: FrameEncoding, wanting size: Int
    ) throws(ArchiveError) -> [UInt8] {
        guard size <= Self.largest else {
            throw ArchiveError(.tooLarge, "\(size) bytes are too many to decode at once", at: 0)
        }
        switch encoding {
        case .none: return frame
        case .gzip:
            if let decoded = gunzip(frame, wanting: size) { return decoded }
        case .deflate:
            if let decoded = inflate(frame, to: size) { return decoded }
        case .zstd: break
        }
        return try Self.decodeInPieces(frame, encoding, wanting: size)
    }

    /// The size that the last four bytes of a gzip file tell (RFC 1952, ISIZE); a byte of deflate makes at most 1,032.
    private func gunzip(_ frame: [UInt8], wanting size: Int) -> [UInt8]? {
        guard frame.count >= 18 else { return nil }
        let told = frame.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard told >= size, told <= Self.largest, told / 1_032 <= frame.count else { return nil }
        return filled(told) { output, count in
            var used = 0
            let result = frame.withUnsafeBytes {
                libdeflate_gzip_decompress_ex(
                    decompressor, $0.baseAddress, $0.count, output, told, &used, &count)
            }
            return result == LIBDEFLATE_SUCCESS && used == frame.count
        }
    }

    private func inflate(_ frame: [UInt8], to size: Int) -> [UInt8]? {
        filled(size) { output, count in
            let result = frame.withUnsafeBytes {
                libdeflate_deflate_decompress(decompressor, $0.baseAddress, $0.count, output, size, &count)
            }
            return result == LIBDEFLATE_SUCCESS
        }
    }

    /// An array that a call of libdeflate fills; nil where it fails.
    ///
    /// libdeflate reads the frame and writes the array within the call, no more than the size that it is told, and says
    /// how much it wrote.
    private func filled(
        _ size: Int, _ fill: (UnsafeMutableRawPointer?, inout Int) -> Bool
    ) -> [UInt8]? {
        var isGood = false
        let output = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            var filled = 0
            isGood = fill(UnsafeMutableRawPointer(buffer.baseAddress), &filled)
            count = isGood ? filled : 0
        }
        return isGood ? output : nil
    }

    private static func decodeInPieces(
        _ frame: [UInt8], _ encoding: FrameEncoding, wanting size: Int
    ) throws(ArchiveError) -> [UInt8] {
        var decoder = try FrameDecoder(encoding)
        var input = frame[...]
        var output: [UInt8] = []
        output.reserveCapacity(size)
        while output.count < size {
            let piece = try decoder.decode(&input, atMost: 256 << 10)
            if piece.isEmpty { break }
            output += piece
        }
        return output
    }
}
