import Archives
import Checksums
import Console
import Manifests

/// The rows of an inventory's files, one file after the other, each held against its MD5.
///
/// A class, because a file's decoder and digest cannot be copied. It holds a chunk of one file at a time.
final class InventoryRows: ObjectRows {
    private let schema: InventorySchema
    private let open: (InventoryManifest.File) async throws -> ByteSource
    private var files: ArraySlice<InventoryManifest.File>
    private var file: InventoryFile?

    /// Reads the files of a manifest, by what opens one of them.
    init(_ manifest: InventoryManifest, open: @escaping (InventoryManifest.File) async throws -> ByteSource) {
        schema = manifest.schema
        files = manifest.files[...]
        self.open = open
    }

    func fill() async throws -> Bool {
        while true {
            if let file {
                if try await file.fill() { return true }
                self.file = nil
            }
            guard let next = files.popFirst() else { return false }
            file = try InventoryFile(next, schema, try await open(next))
        }
    }

    func next(into row: inout RowBytes) throws -> Bool { try file?.next(into: &row) ?? false }

    /// The rows that are objects' current versions, for what copies or invokes.
    var currentObjects: ManifestReader {
        var row = RowBytes()
        return ManifestReader {
            guard try await self.fill() else { return nil }
            var rows: [ManifestRow] = []
            while try self.next(into: &row) {
                if row.isLatest, !row.isDeleteMarker { rows.append(row.manifestRow) }
            }
            return rows
        }
    }
}

/// One file of an inventory while it is read.
private final class InventoryFile {
    private let file: InventoryManifest.File
    private let source: ByteSource
    private var parser: InventoryParser
    private var decoder: FrameDecoder
    private var digest: MD5?
    private var input: ArraySlice<UInt8> = []
    private var isAtEnd = false

    private static let pieceSize = 256 << 10

    init(_ file: InventoryManifest.File, _ schema: InventorySchema, _ source: ByteSource) throws {
        self.file = file
        self.source = source
        parser = InventoryParser(name: file.key, schema: schema)
        decoder = try FrameDecoder(.gzip)
        digest = MD5()
    }

    func next(into row: inout RowBytes) throws(ManifestError) -> Bool { try parser.next(into: &row) }

    func fill() async throws -> Bool {
        while !isAtEnd {
            let piece: [UInt8]
            do throws(ArchiveError) {
                piece = try decoder.decode(&input, atMost: Self.pieceSize)
            } catch {
                throw UsageError("\(file.key): \(error); get it again")
            }
            if !piece.isEmpty {
                try parser.feed(piece)
                return true
            }
            guard let chunk = try await source.next() else {
                isAtEnd = true
                try finish()
                return true
            }
            digest?.update(chunk)
            input = chunk[...]
        }
        return false
    }

    private func finish() throws {
        guard let found = digest.take()?.finish().hexadecimal else {
            throw UsageError(
                "this system's libcrypto is told to have no MD5, which the files of S3 Inventory are checked by; group "
                    + "on another machine, or from a listing")
        }
        guard found == file.md5 else {
            throw UsageError(
                "\(file.key): its MD5 is \(found), and manifest.json says \(file.md5): the file is damaged or not of "
                    + "this inventory; get it again")
        }
        do throws(ArchiveError) {
            try decoder.finish()
        } catch {
            throw UsageError("\(file.key): \(error); get it again")
        }
        try parser.end()
    }
}
