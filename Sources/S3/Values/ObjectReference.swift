/// One S3 object, in one version.
public struct ObjectReference: Sendable, Hashable, Codable {
    /// The bucket's name.
    public var bucket: String
    /// The key, as it is: not percent-encoded.
    public var key: String
    /// The version; `nil` for the current one.
    public var versionId: String?

    /// Makes a reference.
    public init(bucket: String, key: String, versionId: String? = nil) {
        self.bucket = bucket
        self.key = key
        self.versionId = versionId
    }

    enum CodingKeys: String, CodingKey {
        case bucket
        case key
        case versionId = "version_id"
    }
}

extension ObjectReference {
    /// Whether both name the same object: keys are bytes to S3, so that `é` as one scalar and as two are two keys.
    public static func == (one: ObjectReference, other: ObjectReference) -> Bool {
        one.key.hasBytes(of: other.key) && one.bucket == other.bucket && one.versionId == other.versionId
    }

    /// Feeds what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(bucket)
        for byte in key.utf8 { hasher.combine(byte) }
        hasher.combine(versionId)
    }
}

extension String {
    /// Whether two texts are the same byte by byte, where `==` takes canonically equivalent ones for the same.
    func hasBytes(of other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension ObjectReference: CustomStringConvertible {
    /// `s3://bucket/key`, with `?versionId=` behind it where there is one; control characters are escaped.
    public var description: String {
        let plain = "s3://\(bucket)/\(key)\(versionId.map { "?versionId=\($0)" } ?? "")"
        guard !plain.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return plain }
        var text = String.UnicodeScalarView()
        for scalar in plain.unicodeScalars {
            if scalar.properties.generalCategory == .control {
                text.append(contentsOf: scalar.escaped(asASCII: true).unicodeScalars)
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }
}
