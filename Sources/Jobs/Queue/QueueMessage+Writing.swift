import FoundationEssentials
import Manifests
import S3

extension QueueMessage: Encodable {
    /// Writes the message; the same message is always the same text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.schema, forKey: .schema)
        switch self {
        case .bundle(let manifest, let settings):
            try container.encode(Kind.bundle, forKey: .kind)
            try container.encode(manifest.bucket, forKey: .bucket)
            try container.encode(manifest.key, forKey: .key)
            try container.encodeIfPresent(manifest.versionId, forKey: .versionId)
            if !settings.isEmpty { try container.encode(settings, forKey: .settings) }
        case .object(let row, let run, let settings):
            try container.encode(Kind.object, forKey: .kind)
            try container.encode(run, forKey: .run)
            if !settings.isEmpty { try container.encode(settings, forKey: .settings) }
            try row.encode(to: encoder)
        }
    }

    /// The message's body.
    ///
    /// SQS refuses U+FFFE and U+FFFF (API Reference, SendMessage, MessageBody), which a key may have: they are escaped,
    /// as JSON escapes the other characters that SQS refuses.
    public var body: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // There is nothing in a message that JSON has no word for.
        guard let json = try? encoder.encode(self) else { return "" }
        var body = String.UnicodeScalarView()
        for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0xFFFE: body.append(contentsOf: "\\ufffe".unicodeScalars)
            case 0xFFFF: body.append(contentsOf: "\\uffff".unicodeScalars)
            default: body.append(scalar)
            }
        }
        return String(body)
    }
}
