import Archives

func write(_ arguments: [String]) async throws {
    guard arguments.count >= 2, let format = ArchiveFormat(rawValue: arguments[0]) else {
        throw ToolError(message: "usage: ArchiveTool write FORMAT ARCHIVE [FRAME-SIZE [THREADS]]")
    }
    var options = ArchiveOptions(format: format)
    if arguments.count > 2, let size = Int(arguments[2]) { options.frameSize = size }
    if arguments.count > 3, let threads = Int(arguments[3]) { options.threads = threads }
    let file = try File(arguments[1], writing: true)
    let orders = try readLines(Order.self)
    try await ArchiveWriter.write(options) { output in
        switch output {
        case .bytes(let bytes): try file.append(bytes)
        case .member(let stored): try printLine(Place(stored))
        }
    } members: { writer in
        for order in orders { try await add(order, to: &writer) }
    }
}

private func add(_ order: Order, to writer: inout ArchiveWriter) async throws {
    try await writer.begin(
        ArchiveMember(
            key: order.key, size: order.size, modified: order.modified ?? 1_700_000_000, contentType: order.contentType)
    )
    let block = content(order.text, length: Int(min(order.size, 1 << 20)))
    var left = order.size
    while left > 0 {
        let piece = left >= Int64(block.count) ? block : Array(block.prefix(Int(left)))
        try await writer.write(piece)
        left -= Int64(piece.count)
    }
    try await writer.end()
}

private func content(_ text: String?, length: Int) -> [UInt8] {
    guard let text else { return [UInt8](repeating: 0, count: length) }
    if text.isEmpty {
        var state: UInt32 = 2_463_534_242
        return (0..<length).map { _ in
            state ^= state << 13
            state ^= state >> 17
            state ^= state << 5
            return UInt8(truncatingIfNeeded: state >> 11)
        }
    }
    let repeated = Array(text.utf8)
    return (0..<length).map { repeated[$0 % repeated.count] }
}

extension Place {
    init(_ stored: StoredMember) {
        let location = stored.location
        self.init(
            key: stored.member.key, name: stored.name, crc32: stored.crc32, frameOffset: location.frameOffset,
            frameLength: location.frameLength, encoding: location.encoding.rawValue, dataOffset: location.dataOffset,
            dataLength: location.dataLength)
    }
}

/// Writes an archive of files, whose paths are standard input's lines.
func pack(_ arguments: [String]) async throws {
    guard arguments.count == 2, let format = ArchiveFormat(rawValue: arguments[0]) else {
        throw ToolError(message: "usage: ArchiveTool pack FORMAT ARCHIVE < PATHS")
    }
    let archive = try File(arguments[1], writing: true)
    try await ArchiveWriter.write(ArchiveOptions(format: format)) { output in
        switch output {
        case .bytes(let bytes): try archive.append(bytes)
        case .member(let stored): try printLine(Place(stored))
        }
    } members: { writer in
        while let path = readLine() {
            let file = try File(path)
            let size = file.size
            try await writer.begin(ArchiveMember(key: path, size: size))
            for offset in stride(from: 0, to: size, by: 1 << 20) {
                try await writer.write(file.read(1 << 20, at: offset))
            }
            try await writer.end()
        }
    }
}
