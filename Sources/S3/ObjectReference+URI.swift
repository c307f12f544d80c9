/// Why a text names no object in S3.
public struct ObjectURIError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line: the text, and what would be right.
    public var description: String

    init(_ uri: String, _ problem: String) {
        description = "\(uri.debugDescription) \(problem), as in s3://bucket/key"
    }
}

extension ObjectReference {
    private static let versionMark = "?versionId="

    /// Reads `s3://bucket/key` or `s3://bucket/key?versionId=…`.
    ///
    /// The key stands there as it is, not percent-encoded, and may have a `?` itself: only the last `?versionId=` with
    /// nothing but a version id behind it is one. A key that ends like that is written with an empty `?versionId=`
    /// behind it.
    ///
    /// - Throws: `ObjectURIError` when there is no bucket or no key.
    public init(uri: String) throws(ObjectURIError) {
        let place = try ObjectPrefix(uri: uri)
        let (key, version) = Self.splitVersion(place.prefix)
        guard !key.isEmpty else { throw ObjectURIError(uri, "has no key") }
        self.init(bucket: place.bucket, key: key, versionId: version)
    }

    /// The text that `init(uri:)` reads.
    public var uri: String {
        if let versionId { return "s3://\(bucket)/\(key)\(Self.versionMark)\(versionId)" }
        let looksVersioned = Self.splitVersion(key).key.utf8.count != key.utf8.count
        return "s3://\(bucket)/\(key)\(looksVersioned ? Self.versionMark : "")"
    }

    private static func splitVersion(_ text: String) -> (key: String, version: String?) {
        let bytes = Array(text.utf8)
        let mark = Array(versionMark.utf8)
        guard let question = bytes.lastIndex(of: UInt8(ascii: "?")), bytes[question...].starts(with: mark) else {
            return (text, nil)
        }
        let version = bytes[(question + mark.count)...]
        guard version.allSatisfy(isVersionByte) else { return (text, nil) }
        return (
            String(decoding: bytes[..<question], as: UTF8.self),
            version.isEmpty ? nil : String(decoding: version, as: UTF8.self)
        )
    }

    /// Version ids are "Unicode, UTF-8 encoded, URL-ready, opaque strings" (S3 User Guide, Version IDs).
    private static func isVersionByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}

/// All keys of a bucket that begin with a prefix; all keys where it is empty.
public struct ObjectPrefix: Sendable, Hashable {
    /// The bucket's name.
    public var bucket: String
    /// What the keys begin with, as it is: not percent-encoded.
    public var prefix: String

    /// Makes a prefix.
    public init(bucket: String, prefix: String) {
        self.bucket = bucket
        self.prefix = prefix
    }

    /// Reads `s3://bucket`, `s3://bucket/` or `s3://bucket/prefix`.
    ///
    /// - Throws: `ObjectURIError` when it is not such a text, or has no bucket.
    public init(uri: String) throws(ObjectURIError) {
        let scheme = "s3://"
        guard uri.utf8.starts(with: scheme.utf8) else { throw ObjectURIError(uri, "does not begin with s3://") }
        let rest = uri.utf8.dropFirst(scheme.utf8.count)
        let bucket = rest.prefix { $0 != UInt8(ascii: "/") }
        guard !bucket.isEmpty else { throw ObjectURIError(uri, "has no bucket") }
        self.init(
            bucket: String(decoding: bucket, as: UTF8.self),
            prefix: String(decoding: rest.dropFirst(bucket.count + 1), as: UTF8.self))
    }

    /// The text that `init(uri:)` reads.
    public var uri: String { "s3://\(bucket)/\(prefix)" }
}
