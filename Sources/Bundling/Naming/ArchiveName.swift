internal import AWSCore
internal import Checksums
internal import Jobs
internal import Manifests
internal import S3

/// Where an archive goes: its key, made from a template and the first object of its manifest.
///
/// `{hash}` is the first six digits of the MD5 of `bucket/name`, as S3Bundler has it, which spreads keys over S3's
/// partitions; `{day}` is the first object's `YYYY/MM/DD`, or the day of its last change, or that on which the manifest
/// was written, as `YYYYMMDD`; `{prefix}` is the folder of its key. Where `{sequence}` is not in the template, the second
/// archive of a name gets `-2` behind it.
struct ArchiveName: Sendable {
    let template: String
    let name: String
    let run: String
    let fileExtension: String
    let destination: ObjectPrefix

    /// The longest key that S3 takes, in bytes, less what its index or number adds to it (S3 User Guide, Naming objects).
    static let longestKey = 1024 - max(".index.jsonl.gz".utf8.count, ArchiveNumbers.longestSuffix)

    /// The archive's place.
    ///
    /// - Parameters:
    ///   - first: The first object of the manifest.
    ///   - sequence: 1 for the first archive of this name.
    ///   - written: When the manifest was written, in seconds since 1970.
    /// - Returns: The archive.
    /// - Throws: `BundleFailure` for a key that S3 does not take.
    func archive(first: ManifestRow, sequence: Int, written: Int64) throws(BundleFailure) -> ObjectReference {
        let hash = MD5.digest(Array("\(first.bucket)/\(name)".utf8))?.hexadecimal.prefix(6) ?? ""
        var key = template
        if first.folder.isEmpty { key = key.replacing("{prefix}/", with: "") }
        let values = [
            "hash": String(hash), "bucket": first.bucket, "name": name,
            "day": first.day ?? Day(secondsSince1970: written)?.digits ?? "",
            "prefix": first.folder, "run": run, "sequence": "\(sequence)",
        ]
        key = Self.filled(key, values)
        if sequence > 1, !template.contains("{sequence}") { key += "-\(sequence)" }
        key = "\(destination.folder)\(key).\(fileExtension)"
        guard key.utf8.count <= Self.longestKey else {
            throw BundleFailure(
                "Name", "the archive's key would have \(key.utf8.count) bytes: \(key.prefix(80))…",
                advice: "choose a shorter destination or --archive-name; \(Self.longestKey) bytes are the most")
        }
        return ObjectReference(bucket: destination.bucket, key: key)
    }

    /// The template with its fields filled in, once: what a value has in braces stays as it is.
    private static func filled(_ template: String, _ values: [String: String]) -> String {
        var text = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open] + (values[String(rest[rest.index(after: open)..<close])] ?? "")
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }
}

extension ObjectPrefix {
    /// The prefix as a folder: empty, or with a slash at its end.
    var folder: String { prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/" }
}

extension ManifestRow {
    /// What stands before the last slash of the key.
    var folder: String {
        key.lastIndex(of: "/").map { String(key[..<$0]) } ?? ""
    }

    /// The day in its key, or of its last change in UTC, as `YYYYMMDD`; `nil` where neither is known.
    var day: String? {
        let changed = lastModified.flatMap { Int64(timestamp: $0) }.flatMap { Day(secondsSince1970: $0) }
        return (Day(inKey: Array(key.utf8)) ?? changed)?.digits
    }
}

extension Day {
    /// The day as `YYYYMMDD`.
    fileprivate var digits: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text.filter { $0 != UInt8(ascii: "-") }, as: UTF8.self)
    }
}
