import Console
import S3

/// Where a file is: on this machine, in S3, or on standard input or output.
enum Place: Equatable, CustomStringConvertible {
    case file(String)
    case s3(ObjectReference)
    case standard

    /// Reads a path, an `s3://` address, or `-`.
    init(_ text: String, of flag: String) throws(UsageError) {
        if text.isEmpty { throw UsageError("\(flag) needs a file, an s3:// address, or -") }
        if text == "-" {
            self = .standard
        } else if text.hasPrefix("s3://") {
            do { self = .s3(try ObjectReference(uri: text)) } catch { throw UsageError("\(flag): \(error)") }
        } else {
            self = .file(text)
        }
    }

    var description: String {
        switch self {
        case .file(let path): path
        case .s3(let object): object.uri
        case .standard: "standard input"
        }
    }
}
