/// The rules by which keys become names of members, and back.
///
/// A key is any UTF-8; a member's name must be safe and the same wherever any tool extracts it. Most keys are names as
/// they are. Where a key is not, bytes of it are written as `%` and two upper-case hexadecimal digits:
///
/// | in the key | in the name |
/// | --- | --- |
/// | control characters (NUL to U+001F, U+007F to U+009F), `\` | `%0A`, `%5C` |
/// | a `/` at the start, at the end, or behind another `/` | `%2F` |
/// | a component `.` or `..` | `%2E`, `%2E%2E` |
/// | a `:` behind one letter at the start, which some tools take for a drive's name | `%3A` |
/// | a character that joins the one before it in another form of Unicode (`e` and a combining acute) | `%CC%81` |
/// | a `%` before two upper-case hexadecimal digits, `~` or `+` | `%25` |
///
/// Two more marks stand for nothing in the key:
///
/// | in the name | why |
/// | --- | --- |
/// | `%~` or `%~` and a number, at the end of a component | the component without it is a file and a folder, or two files |
/// | `%+/` | a component of more than 255 bytes goes on in a folder |
///
/// So a name never begins or ends with `/`, has no empty, `.` or `..` component, none over 255 bytes, no character that
/// tools escape in listings or convert; different keys have different names; and ``key(of:)`` gives the key back.
/// Two forms of Unicode for one text are two names, also for tools and file systems that take them for one.
public enum MemberName {
    /// The longest component, in bytes: NAME_MAX of Linux's file systems.
    static let longestComponent = 255
    /// How much of a longer component goes into one folder, in bytes.
    private static let pieceLength = 200

    /// The key that a name written by these rules stands for.
    public static func key(of name: String) -> String {
        let name = Array(name.utf8)
        var key: [UInt8] = []
        key.reserveCapacity(name.count)
        var position = 0
        while position < name.count {
            guard name[position] == percent else {
                key.append(name[position])
                position += 1
                continue
            }
            let rest = name[(position + 1)...]
            if let byte = escapedByte(rest) {
                key.append(byte)
                position += 3
            } else if rest.first == tilde {
                position += 2 + rest.dropFirst().prefix(while: isDigit).count
            } else if rest.starts(with: [plus, slash]) {
                position += 3
            } else {
                key.append(percent)
                position += 1
            }
        }
        return String(decoding: key, as: UTF8.self)
    }

    /// The name of a key where no other member's stands in its way.
    public static func plain(_ key: String) -> String {
        var namer = MemberNamer()
        return namer.name(for: key)
    }

    /// The components of a key's name, without marks.
    static func components(of key: String) -> [[UInt8]] {
        let isMark = joiningBytes(of: key)
        let key = Array(key.utf8)
        var components: [[UInt8]] = []
        var component: [UInt8] = []
        for (position, byte) in key.enumerated() {
            if byte == slash, position > 0, key[position - 1] != slash, position + 1 < key.count {
                components.append(withoutDots(component))
                component = []
            } else if isMark[position] || isHazard(byte, in: key, at: position) {
                component += escape(byte)
            } else {
                component.append(byte)
            }
        }
        return components + [withoutDots(component)]
    }

    /// A component with its mark, cut into folders where it is too long for one name.
    static func pieces(of component: [UInt8], mark: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = component[...]
        while rest.count + mark.count > longestComponent {
            let cut = wholeCharacters(of: rest, upTo: pieceLength)
            pieces.append(rest.prefix(cut) + [percent, plus])
            rest = rest.dropFirst(cut)
        }
        return pieces + [rest + mark]
    }

    /// The mark that tells the nth taken name from the first; none for 0.
    static func mark(_ number: Int) -> [UInt8] {
        switch number {
        case 0: []
        case 1: [percent, tilde]
        default: [percent, tilde] + Array(String(number).utf8)
        }
    }

    /// For each byte, whether it belongs to a character that joins the one before it.
    private static func joiningBytes(of key: String) -> [Bool] {
        var previous: UInt32 = 0
        return key.unicodeScalars.flatMap { scalar in
            let joins = ComposingMarks.joins(scalar.value, behind: previous)
            previous = scalar.value
            return repeatElement(joins, count: UTF8.width(scalar))
        }
    }

    private static func isHazard(_ byte: UInt8, in key: [UInt8], at position: Int) -> Bool {
        switch byte {
        case 0..<0x20, 0x7F, slash, UInt8(ascii: "\\"): return true
        case UInt8(ascii: ":"): return position == 1 && isLetter(key[0])
        case 0xC2: return position + 1 < key.count && (0x80...0x9F).contains(key[position + 1])
        case 0x80...0x9F: return position > 0 && key[position - 1] == 0xC2
        case percent:
            let rest = key[(position + 1)...]
            return escapedByte(rest) != nil || rest.first == tilde || rest.first == plus
        default: return false
        }
    }

    private static func withoutDots(_ component: [UInt8]) -> [UInt8] {
        switch component {
        case []: mark(1)
        case [dot], [dot, dot]: component.flatMap(escape)
        default: component
        }
    }

    private static func wholeCharacters(of bytes: ArraySlice<UInt8>, upTo length: Int) -> Int {
        var cut = length
        while cut > 0, bytes[bytes.startIndex + cut] & 0xC0 == 0x80 { cut -= 1 }
        let escapeStart = bytes[..<(bytes.startIndex + cut)].suffix(2).firstIndex(of: percent)
        return escapeStart.map { $0 - bytes.startIndex } ?? cut
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        [percent, hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
    }

    private static func escapedByte(_ digits: ArraySlice<UInt8>) -> UInt8? {
        let values = digits.prefix(2).compactMap { hexadecimal.firstIndex(of: $0) }
        return values.count == 2 ? UInt8(values[0] << 4 | values[1]) : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static let hexadecimal = Array("0123456789ABCDEF".utf8)
    private static let percent = UInt8(ascii: "%")
    private static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")
    private static let tilde = UInt8(ascii: "~")
    private static let plus = UInt8(ascii: "+")
}
