import Archives

private let chunkSize = 1 << 20

/// Prints what is in an archive, from the archive alone.
func read(_ path: String) throws {
    let file = try File(path)
    let start = file.read(ArchiveFormat.detectionSize, at: 0)
    guard let format = ArchiveFormat.detect(start[...]) else { throw ToolError(message: "\(path) is no archive") }
    if let encoding = format.tarEncoding {
        try readTar(file, encoding)
    } else {
        try readZip(file)
    }
}

private func readTar(_ file: File, _ encoding: FrameEncoding) throws {
    var reader = try TarArchiveReader(encoding)
    var member: TarMember?
    var crc32 = CRC32()
    var offset: Int64 = 0
    while true {
        let chunk = file.read(chunkSize, at: offset)
        if chunk.isEmpty { break }
        offset += Int64(chunk.count)
        var input = chunk[...]
        while let event = try reader.next(&input) {
            switch event {
            case .member(let found):
                member = found
                crc32 = CRC32()
            case .data(let bytes): crc32.update(bytes)
            case .endOfMember:
                guard let member else { continue }
                try printLine(
                    Sight(
                        key: member.key ?? member.name, name: member.name, size: member.size, crc32: crc32.value,
                        modified: member.modified))
            case .end: break
            }
        }
    }
    try reader.finish()
}

private func readZip(_ file: File) throws {
    let size = file.size
    let tail = min(size, ZipDirectory.tailSize)
    let directory = try ZipDirectory(tail: file.read(Int(tail), at: size - tail), archiveSize: size)
    var reader = ZipDirectoryReader(directory)
    var offset = directory.offset
    while offset < directory.offset + directory.size {
        let chunk = file.read(Int(min(Int64(chunkSize), directory.offset + directory.size - offset)), at: offset)
        offset += Int64(chunk.count)
        var input = chunk[...]
        while let entry = try reader.next(&input) {
            let location = try entry.location(header: file.read(ZipEntry.headerSize, at: entry.headerOffset))
            try readMember(file, location, entry.crc32)
            try printLine(
                Sight(
                    key: entry.key ?? entry.name, name: entry.name, size: entry.size, crc32: entry.crc32,
                    modified: entry.modified))
        }
    }
    try reader.finish()
}

/// Reads each member of standard input's places by its place alone.
func readAlone(_ path: String) throws {
    let file = try File(path)
    for place in try readLines(Place.self) {
        guard let encoding = FrameEncoding(rawValue: place.encoding) else { throw ToolError(message: place.encoding) }
        let location = MemberLocation(
            frameOffset: place.frameOffset, frameLength: place.frameLength, encoding: encoding,
            dataOffset: place.dataOffset, dataLength: place.dataLength)
        try readMember(file, location, place.crc32)
    }
}

private func readMember(_ file: File, _ location: MemberLocation, _ crc32: UInt32) throws {
    var reader = try MemberReader(location, crc32: crc32)
    var offset: Int64 = 0
    while offset < location.frameLength {
        let chunk = file.read(
            Int(min(Int64(chunkSize), location.frameLength - offset)), at: location.frameOffset + offset)
        guard !chunk.isEmpty else { break }
        offset += Int64(chunk.count)
        var input = chunk[...]
        while !(try reader.read(&input)).isEmpty {}
    }
    try reader.finish()
}
