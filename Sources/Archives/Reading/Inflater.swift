internal import CZlib

/// Inflates gzip files of one or more members, or a deflate stream, by zlib: libdeflate needs the whole frame and its
/// size at once, and other people's archives are one frame of any size.
///
/// zlib's state points back to its stream, which therefore has a fixed place in memory; only this object has the pointer,
/// and frees it.
final class Inflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private let isGzip: Bool
    private var state = State.frameStart
    private var position: Int64 = 0

    private enum State {
        case frameStart, inFrame, padding, ended
    }

    init(isGzip: Bool) throws(ArchiveError) {
        self.isGzip = isGzip
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let windowBits = isGzip ? MAX_WBITS + 16 : -MAX_WBITS
        guard inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw ArchiveError(.outOfMemory, "No memory for inflate", at: 0)
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func decode(_ input: inout ArraySlice<UInt8>, atMost size: Int) throws(ArchiveError) -> [UInt8] {
        while true {
            switch state {
            case .ended:
                guard input.isEmpty else {
                    throw ArchiveError(.damaged, "Bytes behind the end of the deflate stream", at: position)
                }
                return []
            case .padding:
                try skipZeros(&input)
                return []
            case .frameStart, .inFrame:
                guard !input.isEmpty || state == .inFrame else { return [] }
                if state == .frameStart, position > 0, input.first == 0 {
                    state = .padding
                    continue
                }
                let had = input.count
                let output = try inflateSome(&input, atMost: size)
                if !output.isEmpty || (input.count == had && state == .inFrame) { return output }
            }
        }
    }

    func finish() throws(ArchiveError) {
        let isWhole = isGzip ? state == .padding || (state == .frameStart && position > 0) : state == .ended
        guard isWhole else { throw ArchiveError(.truncated, "The compressed data ends too early", at: position) }
    }

    /// Some tools fill the last block of a tape with zeros; gzip ignores them too.
    private func skipZeros(_ input: inout ArraySlice<UInt8>) throws(ArchiveError) {
        position += Int64(input.count)
        guard input.allSatisfy({ $0 == 0 }) else {
            throw ArchiveError(.damaged, "Bytes behind the end of the gzip data", at: position)
        }
        input = []
    }

    private func inflateSome(_ input: inout ArraySlice<UInt8>, atMost size: Int) throws(ArchiveError) -> [UInt8] {
        state = .inFrame
        var status = Z_OK
        var left = 0
        // zlib reads the input, which it does not change whatever its type says, and writes the output within the call
        // only; `avail_out` says how much it did not write.
        let output = [UInt8](unsafeUninitializedCapacity: size) { output, count in
            left = input.withUnsafeBufferPointer { bytes in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
                stream.pointee.avail_in = UInt32(clamping: bytes.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(clamping: output.count)
                let offered = stream.pointee.avail_in
                status = inflate(stream, Z_NO_FLUSH)
                return bytes.count - Int(offered - stream.pointee.avail_in)
            }
            count = output.count - Int(stream.pointee.avail_out)
        }
        position += Int64(input.count - left)
        input = input.suffix(left)
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            inflateReset(stream)
            state = isGzip ? .frameStart : .ended
        default:
            let reason = stream.pointee.msg.map { String(cString: $0) } ?? "error \(status)"
            throw ArchiveError(.damaged, "The compressed data is damaged: \(reason)", at: position)
        }
        return output
    }
}
