internal import Checksums
internal import FoundationEssentials
internal import Jobs
internal import Manifests
internal import S3

/// Where an archive goes: its key, made from a template and the first object of its manifest.
///
/// `{hash}` is the first six digits of the MD5 of `bucket/name`, as S3Bundler has it, which spreads keys over S3's
/// partitions; `{day}` is the first object's `YYYY/MM/DD`, or the day of its last change, or today's, as `YYYYMMDD`;
/// `{prefix}` is the folder of its key. Where `{sequence}` is not in the template, the second archive of a name gets
/// `-2` behind it.
struct ArchiveName: Sendable {
    let template: String
    let name: String
    let run: String
    let fileExtension: String
    let destination: ObjectPrefix

    /// The longest key that S3 takes, in bytes, less what an index adds to it (S3 User Guide, Naming objects).
    static let longestKey = 1024 - ".index.jsonl.gz".utf8.count

    /// The archive's place.
    ///
    /// - Parameters:
    ///   - first: The first object of the manifest.
    ///   - sequence: 1 for the first archive of this name.
    ///   - now: Seconds since 1970.
    /// - Returns: The archive.
    /// - Throws: `BundleFailure` for a key that S3 does not take.
    func archive(first: ManifestRow, sequence: Int, now: Int64) throws(BundleFailure) -> ObjectReference {
        let hash = MD5.digest(Array("\(first.bucket)/\(name)".utf8))?.hexadecimal.prefix(6) ?? ""
        var key = template
        if first.folder.isEmpty { key = key.replacing("{prefix}/", with: "") }
        let values = [
            "hash": String(hash), "bucket": first.bucket, "name": name, "day": first.day(now: now),
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

    /// The day of the object, as `YYYYMMDD`.
    func day(now: Int64) -> String {
        let components = key.split(separator: "/", omittingEmptySubsequences: false)
        for start in components.indices.dropLast(2) {
            if let day = Self.day(components[start], components[start + 1], components[start + 2]) { return day }
        }
        let date = lastModified ?? Date(timeIntervalSince1970: Double(now)).formatted(.iso8601)
        return String(date.prefix(10).filter { $0 != "-" })
    }

    private static func day(_ year: Substring, _ month: Substring, _ day: Substring) -> String? {
        let digits = [(year, 4), (month, 2), (day, 2)]
        guard digits.allSatisfy({ $0.0.utf8.count == $0.1 && $0.0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let month = Int(month), let number = Int(day), (1...12).contains(month), (1...31).contains(number)
        else { return nil }
        return digits.map(\.0).joined()
    }
}
