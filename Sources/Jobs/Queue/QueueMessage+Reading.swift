import FoundationEssentials
import Manifests
import S3

/// Why a message is no work; the queue's redrive policy takes it to the dead-letter queue.
public struct QueueMessageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line: what is wrong with the message.
    public var description: String

    init(_ description: String) { self.description = description }
}

extension QueueMessage {
    /// Reads a message's body: s3haul's own, an event notification of S3, or `{"Bucket": …, "Key": …}`.
    ///
    /// An event notification has one bundle manifest for each of its records of something created, by whatever operation
    /// (S3 User Guide, "Event message structure": the keys are form-encoded). S3's test event and other events than
    /// `ObjectCreated` are no work, nor is what s3haul writes itself.
    ///
    /// - Returns: The work, of which there may be none.
    /// - Throws: `QueueMessageError` for anything else.
    public static func read(_ body: String) throws(QueueMessageError) -> [QueueMessage] {
        let data = Data(body.utf8)
        let shape: Shape
        do {
            shape = try JSONDecoder().decode(Shape.self, from: data)
        } catch {
            throw QueueMessageError("the message is no JSON object of a form that s3haul knows: \(shown(body))")
        }
        if let schema = shape.schema {
            guard schema == Self.schema else {
                throw QueueMessageError(
                    "the message is of schema \(schema), of a newer s3haul; this one knows \(Self.schema)")
            }
            return [try own(data, body)]
        }
        if let records = shape.records { return try manifests(of: records, body) }
        if shape.event == "s3:TestEvent" { return [] }
        if let bucket = shape.bucket, let key = shape.key {
            return [.bundle(manifest: try manifest(bucket, key, version: nil, body), settings: [:])]
        }
        throw QueueMessageError(
            "the message is neither one of s3haul's, nor an event notification of S3, nor {\"Bucket\", \"Key\"}: "
                + shown(body))
    }

    private static func own(_ data: Data, _ body: String) throws(QueueMessageError) -> QueueMessage {
        do {
            return try JSONDecoder().decode(OwnMessage.self, from: data).message
        } catch {
            throw QueueMessageError("a field of the message is missing or wrong: \(shown(body))")
        }
    }

    private static func manifests(
        of records: [EventRecord], _ body: String
    ) throws(QueueMessageError) -> [QueueMessage] {
        var messages: [QueueMessage] = []
        for record in records {
            guard record.eventSource == "aws:s3", let name = record.eventName, let s3 = record.s3 else {
                throw QueueMessageError("a record of the message is no event of S3: \(shown(body))")
            }
            // Outside of event rules the name may have `s3:` before it, as some stores write it.
            guard name.hasPrefix("ObjectCreated:") || name.hasPrefix("s3:ObjectCreated:") else { continue }
            guard let key = KeyEncoding.decode(s3.object.key.utf8) else {
                throw QueueMessageError("the key of an event is not form-encoded UTF-8: \(shown(body))")
            }
            guard !OutputKey.matches(key) else { continue }
            messages.append(
                .bundle(
                    manifest: try manifest(s3.bucket.name, key, version: s3.object.versionId, body), settings: [:]))
        }
        return messages
    }

    private static func manifest(
        _ bucket: String, _ key: String, version: String?, _ body: String
    ) throws(QueueMessageError) -> ObjectReference {
        guard !bucket.isEmpty, !key.isEmpty else {
            throw QueueMessageError("the message names no bucket or no key: \(shown(body))")
        }
        let version = version.flatMap { $0.isEmpty || $0 == "null" ? nil : $0 }
        return ObjectReference(bucket: bucket, key: key, versionId: version)
    }

    private static func shown(_ body: String) -> String { body.oneLine(limit: 200) }
}

/// What tells the forms of messages apart.
private struct Shape: Decodable {
    var schema: Int?
    var records: [EventRecord]?
    var event: String?
    var bucket: String?
    var key: String?

    enum CodingKeys: String, CodingKey {
        case schema
        case records = "Records"
        case event = "Event"
        case bucket = "Bucket"
        case key = "Key"
    }
}

/// A record of an event notification, as far as it matters.
private struct EventRecord: Decodable {
    struct Entity: Decodable {
        struct Bucket: Decodable { var name: String }
        struct Object: Decodable {
            var key: String
            var versionId: String?
        }

        var bucket: Bucket
        var object: Object
    }

    var eventSource: String?
    var eventName: String?
    var s3: Entity?
}

/// A message of s3haul's own.
private struct OwnMessage: Decodable {
    var message: QueueMessage

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: QueueMessage.CodingKeys.self)
        let settings = try container.decodeIfPresent([String: String].self, forKey: .settings) ?? [:]
        switch try container.decode(QueueMessage.Kind.self, forKey: .kind) {
        case .bundle:
            let manifest = try ObjectReference(from: decoder)
            try Self.check(manifest.bucket, manifest.key, container)
            message = .bundle(manifest: manifest, settings: settings)
        case .object:
            let row = try ManifestRow(from: decoder)
            try Self.check(row.bucket, row.key, container)
            message = .object(row, run: try container.decode(String.self, forKey: .run), settings: settings)
        }
    }

    private static func check(
        _ bucket: String, _ key: String, _ container: KeyedDecodingContainer<QueueMessage.CodingKeys>
    ) throws {
        guard !bucket.isEmpty, !key.isEmpty else {
            throw DecodingError.dataCorruptedError(forKey: .key, in: container, debugDescription: "empty")
        }
    }
}
