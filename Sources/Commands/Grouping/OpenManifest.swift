import Checksums
import Console
import FoundationEssentials
import Manifests
import S3

/// A manifest that is open to be read, whatever its format.
struct OpenManifest {
    private enum Rows {
        case inventory(InventoryRows)
        case listed(ManifestReader)
    }

    private let rows: Rows
    /// What tells its bytes from others, where it is an object.
    private let eTag: String?
    /// What is to be said of it, though it can be read.
    private(set) var note: String?

    /// Opens a manifest.
    ///
    /// - Parameters:
    ///   - place: Where it is.
    ///   - format: Its format; `nil` tells it from its beginning.
    ///   - bucket: The bucket of keys in formats that name none.
    ///   - session: What objects are read by.
    /// - Throws: `UsageError` or `ManifestError` for what is no manifest.
    init(_ place: Place, format: ManifestFormat?, bucket: String?, _ session: Session) async throws {
        try await self.init(try await ByteSource(place, session), of: place, format: format, bucket: bucket, session)
    }

    /// Reads a manifest, of which the bytes are open, by what its place and the place's neighbours have.
    init(
        _ source: ByteSource, of place: Place, format: ManifestFormat?, bucket: String?, _ session: Session
    ) async throws {
        eTag = source.identity
        var beginning = try await source.first(64 << 10)
        guard format == .inventory || format == nil && ManifestFormat.isInventory(beginning) else {
            let parser = ManifestParser(name: "\(place)", format: format, bucket: bucket)
            var rest = Optional(beginning)
            beginning = []
            rows = .listed(
                ManifestReader(parser) {
                    if let first = rest.take(), !first.isEmpty { return first }
                    return try await source.next()
                })
            return
        }
        while let chunk = try await source.next() {
            beginning += chunk
            guard beginning.count <= Self.largestInventory else {
                throw UsageError("\(place): a manifest.json is not longer than \(Self.largestInventory >> 20) MiB")
            }
        }
        let manifest = try InventoryManifest(json: beginning, name: "\(place)")
        note = try await Self.check(beginning, of: place, session)
        let files = InventoryFiles(place, manifest, session)
        rows = .inventory(InventoryRows(manifest, open: files.open))
    }

    /// The rows as those read them who want current objects only.
    var reader: ManifestReader {
        switch rows {
        case .inventory(let rows): rows.currentObjects
        case .listed(let reader): reader
        }
    }

    /// The rows as those read them who decide on each version.
    var objects: any ObjectRows {
        switch rows {
        case .inventory(let rows): rows
        case .listed(let reader): ManifestRows(reader)
        }
    }

    /// What tells the manifest from others: the ETag of an object, the SHA-256 of a file; of a pipe nothing can.
    func identity(_ place: Place, _ session: Session) async throws -> String {
        if let eTag { return "\(place) \(eTag)" }
        guard place != .standard else { return UUID().uuidString }
        var digest = SHA256()
        let again = try await ByteSource(place, session)
        while let chunk = try await again.next() { digest.update(chunk) }
        return digest.finish().hexadecimal
    }

    /// Room for the names of a million files.
    private static let largestInventory = 256 << 20

    /// Holds `manifest.json` against the `manifest.checksum` beside it, where there is one: the MD5 in hexadecimal.
    ///
    /// - Returns: What to say where it could not be done.
    private static func check(_ json: [UInt8], of place: Place, _ session: Session) async throws -> String? {
        guard place != .standard else { return nil }
        let name = "manifest.checksum"
        let checksum = place.sibling(name)
        let source: ByteSource
        do { source = try await ByteSource(checksum, session) } catch is UsageError {
            return "\(place): there is no \(name) beside it that could be read; it is taken as it is"
        }
        let text = String(decoding: try await source.first(64), as: UTF8.self)
        let wanted = text.split(whereSeparator: \.isWhitespace).first?.lowercased() ?? ""
        guard wanted.utf8.count == 32, wanted.allSatisfy(\.isHexDigit) else {
            throw UsageError("\(checksum): it is no MD5 of 32 hexadecimal digits: get it again, and the manifest.json")
        }
        guard let found = MD5.digest(json)?.hexadecimal, found != wanted else { return nil }
        throw UsageError("\(place): its MD5 is \(found), and \(name) beside it says \(wanted): get both again")
    }
}

extension Place {
    /// What has another name at the same place.
    fileprivate func sibling(_ name: String) -> Place {
        switch self {
        case .standard: return .file(name)
        case .file(let path): return .file(URL(filePath: path).deletingLastPathComponent().appending(path: name).path)
        case .s3(let object):
            let folder = object.key.lastIndex(of: "/").map { object.key[...$0] } ?? ""
            return .s3(ObjectReference(bucket: object.bucket, key: folder + name))
        }
    }
}

extension ByteSource {
    /// So many bytes of the beginning, and what comes with them; fewer at the end.
    func first(_ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, let chunk = try await next() { bytes += chunk }
        return bytes
    }
}
