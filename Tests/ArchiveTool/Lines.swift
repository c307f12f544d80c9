import FoundationEssentials
import Glibc

/// A member to write.
struct Order: Codable {
    var key: String
    var size: Int64
    var modified: Int64?
    var contentType: String?
    /// The text that its bytes repeat; zeros where it is missing; noise where it is empty.
    var text: String?
}

/// Where a member was written.
struct Place: Codable {
    var key: String
    var name: String
    var crc32: UInt32
    var frameOffset: Int64
    var frameLength: Int64
    var encoding: String
    var dataOffset: Int64
    var dataLength: Int64
}

/// A member as it was read.
struct Sight: Codable {
    var key: String
    var name: String
    var size: Int64
    var crc32: UInt32
    var modified: Int64
}

struct ToolError: Error {
    var message: String
}

/// The values of standard input's lines.
func readLines<Line: Decodable>(_: Line.Type) throws -> [Line] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var lines: [Line] = []
    while let line = readLine() { lines.append(try decoder.decode(Line.self, from: Data(line.utf8))) }
    return lines
}

/// Prints a value as a line.
func printLine(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// A file that a test reads or writes.
final class File {
    private let descriptor: Int32
    private static let zeros = [UInt8](repeating: 0, count: 1 << 20)

    init(_ path: String, writing: Bool = false) throws {
        descriptor = open(path, writing ? O_RDWR | O_CREAT | O_TRUNC : O_RDONLY, 0o644)
        guard descriptor >= 0 else { throw ToolError(message: "\(path) cannot be opened") }
    }

    deinit { close(descriptor) }

    var size: Int64 { Int64(lseek(descriptor, 0, SEEK_END)) }

    func read(_ count: Int, at offset: Int64) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(pread(descriptor, buffer.baseAddress, count, off_t(offset)), 0)
        }
    }

    /// Appends bytes, or a hole where they are zeros.
    func append(_ bytes: [UInt8]) throws {
        let isHole =
            bytes.count >= 4_096 && bytes.count <= Self.zeros.count && memcmp(bytes, Self.zeros, bytes.count) == 0
        if isHole {
            guard ftruncate(descriptor, lseek(descriptor, off_t(bytes.count), SEEK_CUR)) == 0 else {
                throw ToolError(message: "the file cannot grow")
            }
        } else if Glibc.write(descriptor, bytes, bytes.count) != bytes.count {
            throw ToolError(message: "the file cannot be written")
        }
    }
}
