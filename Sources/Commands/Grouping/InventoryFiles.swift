import Console
import FoundationEssentials
import Manifests
import S3

/// Where the files are that an inventory's manifest names.
struct InventoryFiles {
    private let places: (InventoryManifest.File) -> [Place]
    private let session: Session

    /// Files of a manifest on this machine may be there too; all others are in the destination bucket, or in the one
    /// that the manifest was copied to.
    init(_ manifest: Place, _ inventory: InventoryManifest, _ session: Session) {
        self.session = session
        let destination = inventory.destinationBucket
        switch manifest {
        case .s3(let object):
            let buckets = object.bucket == destination ? [destination] : [object.bucket, destination]
            places = { file in buckets.map { .s3(ObjectReference(bucket: $0, key: file.key)) } }
        case .file(let path):
            places = { file in
                Self.candidates(file.key, besides: path).filter(FileManager.default.fileExists).map(Place.file)
                    + [.s3(ObjectReference(bucket: destination, key: file.key))]
            }
        case .standard:
            places = { file in [.s3(ObjectReference(bucket: destination, key: file.key))] }
        }
    }

    /// Opens a file at the first place that has it.
    func open(_ file: InventoryManifest.File) async throws -> ByteSource {
        let places = places(file)
        for place in places.dropLast() {
            do { return try await ByteSource(place, session) } catch is UsageError { continue }
        }
        guard let last = places.last else { throw UsageError("\(file.key) is not there") }
        return try await ByteSource(last, session)
    }

    /// Where a copy of a file may lie: beside the manifest, in `data` there or a folder up as S3 has it, or under its
    /// whole key below any folder up.
    static func candidates(_ key: String, besides manifest: String) -> [String] {
        var folder = URL(filePath: manifest).deletingLastPathComponent()
        let name = key.split(separator: "/").last.map(String.init) ?? key
        var candidates = [
            folder.appending(path: name).path, folder.appending(path: "data/\(name)").path,
            folder.deletingLastPathComponent().appending(path: "data/\(name)").path,
        ]
        // A key with `..` in it is nobody's path below a folder.
        guard !key.split(separator: "/").contains("..") else { return candidates }
        for _ in 0..<folder.pathComponents.count {
            candidates.append(folder.appending(path: key).path)
            folder.deleteLastPathComponent()
        }
        return candidates
    }
}
