internal import Glibc

/// Reads a whole small file; `nil` when there is none.
///
/// It throws a `ConfigurationError` with the path and the reason when there is a file that cannot be read.
public typealias FileReader = @Sendable (_ path: String) throws(ConfigurationError) -> [UInt8]?

/// The most bytes that a config, token or cache file may have; real ones have a few KiB.
private let maximumFileSize = 1 << 20

/// Reads a file from disk.
///
/// - Parameter path: Where it is.
/// - Returns: Its bytes; `nil` when there is no such file.
/// - Throws: `ConfigurationError` for one that cannot be read, or has more than 1 MiB.
@Sendable
public func readSmallFile(_ path: String) throws(ConfigurationError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw ConfigurationError("cannot open \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count == 0 { return content }
        guard count > 0 else {
            if errno == EINTR { continue }
            throw ConfigurationError("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        content += chunk[..<count]
        guard content.count <= maximumFileSize else {
            throw ConfigurationError("\(path) is larger than \(maximumFileSize) bytes")
        }
    }
}
