import Checksums
import Console
import FoundationEssentials
import Glibc

/// A group's manifest, ready to be stored.
struct SpooledManifest: Sendable {
    /// The file that has all of it.
    var path: String
    /// How many bytes it has.
    var size: Int64
    /// Their CRC64NVME in Base64.
    var checksum: String
}

/// Keeps the manifests of open groups in files of a folder, each with a buffer before it.
///
/// All buffers together hold about 8 MiB, or 8 KiB a group where there are more than a thousand. No file is kept open:
/// a process may have no more than a thousand.
struct GroupSpool {
    private struct Manifest {
        var buffer: [UInt8] = []
        var path: String?
        var crc = CRC(.crc64NVME)
    }

    private let folder: String
    private var manifests: [Manifest] = []
    private var openCount = 0
    private var fileCount = 0

    private static let buffers = 8 << 20
    private static let buffer = 8 << 10...256 << 10

    /// Spools into a folder that is there.
    init(folder: String) { self.folder = folder }

    /// Adds a line to the manifest of a slot.
    mutating func append(_ line: [UInt8], to slot: Int) throws(UsageError) {
        while manifests.count <= slot { manifests.append(Manifest()) }
        if manifests[slot].path == nil, manifests[slot].buffer.isEmpty { openCount += 1 }
        manifests[slot].buffer += line
        let share = Self.buffers / max(1, openCount)
        if manifests[slot].buffer.count >= min(max(share, Self.buffer.lowerBound), Self.buffer.upperBound) {
            try flush(slot)
        }
    }

    /// Takes the manifest of a slot, which is empty then.
    mutating func take(_ slot: Int) throws(UsageError) -> SpooledManifest {
        try flush(slot)
        let manifest = manifests[slot]
        manifests[slot].path = nil
        manifests[slot].crc = CRC(.crc64NVME)
        openCount -= 1
        return SpooledManifest(
            path: manifest.path ?? "", size: Int64(manifest.crc.count), checksum: manifest.crc.base64)
    }

    private mutating func flush(_ slot: Int) throws(UsageError) {
        let path: String
        if let known = manifests[slot].path {
            path = known
        } else {
            fileCount += 1
            path = "\(folder)/\(fileCount)"
            manifests[slot].path = path
        }
        try write(manifests[slot].buffer, behind: path)
        manifests[slot].crc.update(manifests[slot].buffer)
        manifests[slot].buffer.removeAll(keepingCapacity: true)
    }
}

/// Adds bytes to the end of a file, which is made where it is not there.
private func write(_ bytes: [UInt8], behind path: String) throws(UsageError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw UsageError("\(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    do throws(Descriptor.WriteError) {
        try Descriptor(descriptor).print(bytes)
    } catch {
        throw UsageError("\(path): writing failed: \(String(cString: strerror(errno)))")
    }
}
