/// A header block of a tar, checked.
struct TarBlock {
    let type: UInt8
    let size: Int64
    let modified: Int64
    let name: [UInt8]
    let link: [UInt8]
    let hasSparseMap: Bool

    /// Reads a block.
    ///
    /// - Throws: ``ArchiveError`` where its checksum or a number is wrong.
    init(_ block: [UInt8], at offset: Int64) throws(ArchiveError) {
        try Self.check(block, at: offset)
        guard let size = TarField.number(block[124..<136]), size >= 0 else {
            throw ArchiveError(.damaged, "A tar header with a wrong size", at: offset)
        }
        guard let modified = TarField.number(block[136..<148]) else {
            throw ArchiveError(.damaged, "A tar header with a wrong time", at: offset)
        }
        let isGNU = Array(block[257..<265]) == Array("ustar  \0".utf8)
        let isUstar = Array(block[257..<263]) == Array("ustar\0".utf8)
        let prefix = isUstar ? TarField.string(block[345..<500]) : []
        let name = TarField.string(block[0..<100])
        self.type = block[156]
        self.size = size
        self.modified = modified
        self.name = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
        link = TarField.string(block[157..<257])
        hasSparseMap = isGNU && block[156] == UInt8(ascii: "S") && block[482] != 0
    }

    /// Whether its data describes the next member: pax headers, GNU's long names, Sun's pax headers.
    var isExtension: Bool { "xgXLK".utf8.contains(type) }

    /// The sum of all bytes, the sum itself as spaces; old tars added signed bytes.
    private static func check(_ block: [UInt8], at offset: Int64) throws(ArchiveError) {
        let others = block[..<148] + [UInt8](repeating: UInt8(ascii: " "), count: 8) + block[156...]
        let unsigned = others.reduce(Int64(0)) { $0 + Int64($1) }
        let signed = others.reduce(Int64(0)) { $0 + Int64(Int8(bitPattern: $1)) }
        guard let sum = TarField.number(block[148..<156]), sum == unsigned || sum == signed else {
            throw ArchiveError(.damaged, "A tar header with a wrong checksum", at: offset)
        }
    }
}

/// What extension headers say of the member that follows them.
struct PendingHeaders: Sendable {
    /// The keywords that change how a member is read.
    static let keywords: Set<String> = ["path", "linkpath", "size", "mtime", "comment", "GNU.sparse.major"]

    var records: [String: [UInt8]]?
    var longName: [UInt8]?
    var longLink: [UInt8]?

    var hasAny: Bool { records != nil || longName != nil || longLink != nil }

    /// The member that these and its own header describe.
    ///
    /// - Throws: ``ArchiveError`` where a record's number is wrong, or the size goes beyond any file's.
    func member(
        _ block: TarBlock, global: [String: [UInt8]], dataOffset: Int64
    ) throws(ArchiveError) -> TarMember {
        let all = global.merging(records ?? [:]) { $1 }
        var size = block.size
        if let record = all["size"] {
            guard let number = TarField.decimal(record), number >= 0 else {
                throw ArchiveError(.damaged, "A pax header with a wrong size", at: dataOffset)
            }
            size = number
        }
        var modified = block.modified
        if let record = all["mtime"] {
            guard let number = TarField.decimal(record) else {
                throw ArchiveError(.damaged, "A pax header with a wrong time", at: dataOffset)
            }
            modified = number
        }
        let name = all["path"] ?? longName ?? block.name
        let link = String(decoding: all["linkpath"] ?? longLink ?? block.link, as: UTF8.self)
        let kind = Self.kind(block.type, name: name, link: link, isSparse: all["GNU.sparse.major"] != nil)
        if !Self.hasData(kind) { size = 0 }
        let (end, overflow) = dataOffset.addingReportingOverflow(size)
        let (next, overflows) = end.addingReportingOverflow(Int64(TarHeader.padding(after: size)))
        guard !overflow, !overflows else {
            throw ArchiveError(.damaged, "A member larger than any file", at: dataOffset)
        }
        let key = Self.key(in: all["comment"])
        return TarMember(
            name: String(decoding: name, as: UTF8.self), key: key, kind: kind, size: size, modified: modified,
            dataOffset: dataOffset, nextOffset: next)
    }

    private static func key(in comment: [UInt8]?) -> String? {
        let mark = Array(TarHeader.keyComment.utf8)
        guard let comment, comment.starts(with: mark) else { return nil }
        return String(decoding: comment.dropFirst(mark.count), as: UTF8.self)
    }

    private static func kind(_ type: UInt8, name: [UInt8], link: String, isSparse: Bool) -> TarMember.Kind {
        switch type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
            if isSparse { return .other(UInt8(ascii: "S")) }
            return type == 0 && name.last == UInt8(ascii: "/") ? .directory : .file
        case UInt8(ascii: "1"): return .hardLink(link)
        case UInt8(ascii: "2"): return .symbolicLink(link)
        case UInt8(ascii: "5"): return .directory
        default: return .other(type)
        }
    }

    /// Links, devices and folders have no data, whatever size they give.
    private static func hasData(_ kind: TarMember.Kind) -> Bool {
        switch kind {
        case .file: true
        case .directory, .symbolicLink, .hardLink: false
        case .other(let type): !(UInt8(ascii: "3")...UInt8(ascii: "6")).contains(type)
        }
    }
}
