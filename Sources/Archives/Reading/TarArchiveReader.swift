/// Reads a tar, tar.gz or tar.zst from a member's headers on: ours or anybody's.
public struct TarArchiveReader: ~Copyable {
    private var decoder: FrameDecoder
    private var reader: TarReader
    private var decoded: ArraySlice<UInt8> = []

    /// Makes a reader of a tar whose bytes are written so; see ``ArchiveFormat/detect(_:)``.
    ///
    /// - Parameters:
    ///   - encoding: How they are written.
    ///   - offset: Where in the tar the first byte lies that it is given; a member's headers must begin there.
    /// - Throws: ``ArchiveError`` where there is no memory for it.
    public init(_ encoding: FrameEncoding, at offset: Int64 = 0) throws(ArchiveError) {
        decoder = try FrameDecoder(encoding)
        reader = TarReader(at: offset)
    }

    /// The next event; takes what it uses from the input. Data comes in pieces of at most 256 KiB.
    ///
    /// - Returns: nil when it needs more input.
    public mutating func next(_ input: inout ArraySlice<UInt8>) throws(ArchiveError) -> TarReader.Event? {
        while true {
            if let event = try reader.next(&decoded) { return event }
            let piece = try decoder.decode(&input, atMost: 256 << 10)
            if piece.isEmpty { return nil }
            decoded = piece[...]
        }
    }

    /// Says that the input is at its end.
    ///
    /// - Throws: ``ArchiveError`` where the archive is not.
    public func finish() throws(ArchiveError) {
        try reader.finish()
        try decoder.finish()
    }
}

extension ArchiveFormat {
    /// How many bytes ``detect(_:)`` wants.
    public static let detectionSize = 512

    /// The kind of archive that begins with these bytes; nil where they begin none.
    public static func detect(_ start: ArraySlice<UInt8>) -> ArchiveFormat? {
        if start.starts(with: [0x1F, 0x8B]) { return .tarGzip }
        if start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .tarZstd }
        // Frames that decoders skip: 0x184D2A50 to 0x184D2A5F.
        if let first = start.first, first & 0xF0 == 0x50, start.dropFirst().starts(with: [0x2A, 0x4D, 0x18]) {
            return .tarZstd
        }
        if start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: [0x50, 0x4B, 5, 6]) { return .zip }
        let block = Array(start.prefix(TarHeader.blockSize))
        guard block.count == TarHeader.blockSize else { return nil }
        let isEmptyTar = block.allSatisfy { $0 == 0 }
        return isEmptyTar || (try? TarBlock(block, at: 0)) != nil ? .tar : nil
    }

    /// How a tar's bytes are written; nil of a zip, whose members each have their own encoding.
    public var tarEncoding: FrameEncoding? {
        switch self {
        case .tar: FrameEncoding.none
        case .tarGzip: .gzip
        case .tarZstd: .zstd
        case .zip: nil
        }
    }
}
