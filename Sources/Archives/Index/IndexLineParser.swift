/// Reads the JSON object of one line of an index.
///
/// JSONDecoder takes about 40 µs a line, which for an archive of a million members is longer than reading the archive;
/// this takes about one.
struct IndexLineParser {
    private let line: [UInt8]
    private var position = 0

    init(_ line: [UInt8]) { self.line = line }

    /// The entry; nil where the line is none.
    mutating func entry() -> IndexEntry? {
        var fields = IndexFields()
        guard take("{") else { return nil }
        if !take("}") {
            repeat {
                guard let name = string(), take(":"), field(name, &fields) else { return nil }
            } while take(",")
            guard take("}") else { return nil }
        }
        skipSpace()
        return position == line.count ? fields.entry : nil
    }

    /// Reads the value of a field; one that this version does not know is passed over.
    private mutating func field(_ name: String, _ fields: inout IndexFields) -> Bool {
        guard let key = IndexEntry.CodingKeys(rawValue: name) else { return skipValue(depth: 0) }
        skipSpace()
        guard position < line.count else { return false }
        switch line[position] {
        case UInt8(ascii: "\""): return string().map { fields.set(key, $0) } ?? false
        case UInt8(ascii: "{"): return map().map { fields.set(key, $0) } ?? false
        case UInt8(ascii: "n"): return takeWord("null")
        default: return number().map { fields.set(key, $0) } ?? false
        }
    }

    private mutating func skipSpace() {
        while position < line.count {
            switch line[position] {
            case 0x20, 0x09, 0x0D, 0x0A: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < line.count, line[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let isHere = word.withUTF8Buffer { line[position...].starts(with: $0) }
        if isHere { position += word.utf8CodeUnitCount }
        return isHere
    }

    private mutating func number() -> Int64? {
        let start = position
        if position < line.count, line[position] == UInt8(ascii: "-") { position += 1 }
        var value: Int64 = 0
        let digits = position
        while position < line.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(line[position]) {
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.addingReportingOverflow(Int64(line[position] - UInt8(ascii: "0")))
            guard !tooLarge, !overflow else { return nil }
            value = sum
            position += 1
        }
        guard position > digits else { return nil }
        return digits > start ? -value : value
    }

    private mutating func map() -> [String: String]? {
        guard take("{") else { return nil }
        var map: [String: String] = [:]
        if take("}") { return map }
        repeat {
            guard let name = string(), take(":"), let value = string() else { return nil }
            map[name] = value
        } while take(",")
        return take("}") ? map : nil
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        let start = position
        while position < line.count {
            switch line[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return String(validating: line[start..<position], as: UTF8.self)
            case UInt8(ascii: "\\"): return escapedString(from: start)
            case 0..<0x20: return nil
            default: position += 1
            }
        }
        return nil
    }

    private mutating func escapedString(from start: Int) -> String? {
        var bytes = Array(line[start..<position])
        while position < line.count {
            let byte = line[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                bytes += String(Character(scalar)).utf8
            case 0..<0x20: return nil
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard position < line.count else { return nil }
        position += 1
        switch line[position - 1] {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"):
            guard let unit = codeUnit() else { return nil }
            guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) }
            guard takeWord("\\u"), let low = codeUnit(), (0xDC00..<0xE000).contains(low) else { return nil }
            return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        case let byte where [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/")].contains(byte):
            return Unicode.Scalar(byte)
        default: return nil
        }
    }

    private mutating func codeUnit() -> UInt32? {
        guard position + 4 <= line.count else { return nil }
        defer { position += 4 }
        let digits = String(decoding: line[position..<(position + 4)], as: UTF8.self)
        guard digits.utf8.first != UInt8(ascii: "+"), digits.utf8.first != UInt8(ascii: "-") else { return nil }
        return UInt32(digits, radix: 16)
    }

    private mutating func skipValue(depth: Int) -> Bool {
        skipSpace()
        guard depth < 32, position < line.count else { return false }
        switch line[position] {
        case UInt8(ascii: "\""): return string() != nil
        case UInt8(ascii: "{"): return skipList("{", "}", depth: depth)
        case UInt8(ascii: "["): return skipList("[", "]", depth: depth)
        default:
            let start = position
            while position < line.count, !",]} ".utf8.contains(line[position]) { position += 1 }
            return position > start
        }
    }

    private mutating func skipList(_ open: Unicode.Scalar, _ close: Unicode.Scalar, depth: Int) -> Bool {
        guard take(open) else { return false }
        if take(close) { return true }
        repeat {
            if open == "{" { guard string() != nil, take(":") else { return false } }
            guard skipValue(depth: depth + 1) else { return false }
        } while take(",")
        return take(close)
    }
}

/// The fields of a line as they are read.
private struct IndexFields {
    private var read = IndexEntry(bucket: "", key: "", size: -1, archive: "")
    private var hasKey = false
    private var dataOffset: Int64?
    private var dataLength: Int64?
    private var frameOffset: Int64?
    private var frameLength: Int64?
    private var encoding: FrameEncoding?

    /// The entry; nil where a field is missing that each must have, or only part of the location is there.
    var entry: IndexEntry? {
        guard hasKey, read.size >= 0 else { return nil }
        guard let encoding else { return read }
        guard let dataOffset, let dataLength, let frameOffset, let frameLength else { return nil }
        var entry = read
        entry.location = MemberLocation(
            frameOffset: frameOffset, frameLength: frameLength, encoding: encoding, dataOffset: dataOffset,
            dataLength: dataLength)
        return entry
    }

    /// Takes a text; false where the field is none.
    mutating func set(_ field: IndexEntry.CodingKeys, _ text: String) -> Bool {
        switch field {
        case .bucket: read.bucket = text
        case .key:
            read.key = text
            hasKey = true
        case .versionId: read.versionId = text
        case .eTag: read.eTag = text
        case .lastModified: read.lastModified = text
        case .storageClass: read.storageClass = text
        case .contentType: read.contentType = text
        case .contentEncoding: read.contentEncoding = text
        case .contentDisposition: read.contentDisposition = text
        case .contentLanguage: read.contentLanguage = text
        case .cacheControl: read.cacheControl = text
        case .expires: read.expires = text
        case .websiteRedirectLocation: read.websiteRedirectLocation = text
        case .objectLockMode: read.objectLockMode = text
        case .objectLockRetainUntilDate: read.objectLockRetainUntilDate = text
        case .objectLockLegalHold: read.objectLockLegalHold = text
        case .tagsError: read.tagsError = text
        case .md5: read.md5 = text
        case .archive: read.archive = text
        case .copyETag: read.copyETag = text
        case .copyChecksum: read.copyChecksum = text
        case .member: read.member = text
        case .frameEncoding:
            encoding = FrameEncoding(rawValue: text)
            return encoding != nil
        case .size, .metadata, .tags, .grants, .crc32, .dataOffset, .dataLength, .frameOffset, .frameLength:
            return false
        }
        return true
    }

    /// Takes a number; false where the field is none.
    mutating func set(_ field: IndexEntry.CodingKeys, _ number: Int64) -> Bool {
        switch field {
        case .size: read.size = number
        case .crc32:
            read.crc32 = UInt32(exactly: number)
            return read.crc32 != nil
        case .dataOffset: dataOffset = number
        case .dataLength: dataLength = number
        case .frameOffset: frameOffset = number
        case .frameLength: frameLength = number
        default: return false
        }
        return true
    }

    /// Takes a map; false where the field is none.
    mutating func set(_ field: IndexEntry.CodingKeys, _ map: [String: String]) -> Bool {
        switch field {
        case .metadata: read.metadata = map
        case .tags: read.tags = map
        case .grants: read.grants = map
        default: return false
        }
        return true
    }
}
