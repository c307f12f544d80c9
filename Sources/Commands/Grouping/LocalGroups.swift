import Checksums
import Console
import FoundationEssentials
import Glibc
import HTTPTransport

/// A grouping in a folder of this machine.
final class LocalGroups: GroupPlace {
    private let folder: String
    private let lock = Locked<Int32>(-1)

    init(_ folder: String) { self.folder = folder }

    deinit {
        let descriptor = lock.withLock { $0 }
        if descriptor >= 0 { close(descriptor) }
    }

    var spoolFolder: String { "\(folder)/.unfinished" }

    func prepare() throws(UsageError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw UsageError("--to: the folder \(folder) cannot be made; make it, or give another place")
        }
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder) }
        lock.withLock { $0 = descriptor }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw UsageError("--to: another run is at work in \(folder); wait for its end, or give another place")
        }
        cleanUp()
        guard mkdir(spoolFolder, 0o755) == 0 else { throw failure(spoolFolder) }
    }

    func cleanUp() { try? FileManager.default.removeItem(atPath: spoolFolder) }

    func read(_ name: String) throws(UsageError) -> [UInt8]? {
        let path = address(name)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do { return Array(try Data(contentsOf: URL(filePath: path))) } catch { throw failure(path) }
    }

    func create(_ bytes: [UInt8], _ name: String) throws(UsageError) -> Bool {
        let temporary = try write(bytes, name)
        defer { unlink(temporary) }
        if link(temporary, address(name)) == 0 { return true }
        guard errno == EEXIST else { throw failure(address(name)) }
        return false
    }

    func replace(_ bytes: [UInt8], _ name: String) throws(UsageError) {
        let temporary = try write(bytes, name)
        guard rename(temporary, address(name)) == 0 else { throw failure(address(name)) }
    }

    func hasManifests() -> Bool {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        return names?.contains { $0.hasSuffix(".jsonl") } ?? false
    }

    func store(_ manifest: SpooledManifest, _ name: String) async throws -> Bool {
        let path = address(name)
        if link(manifest.path, path) == 0 {
            unlink(manifest.path)
            return true
        }
        guard errno == EEXIST else { throw failure(path) }
        let file = try SpooledFile(path: path)
        var crc = CRC(.crc64NVME)
        while let chunk = try file.next() { crc.update(chunk) }
        guard file.size == manifest.size, crc.base64 == manifest.checksum else { throw differs(path) }
        unlink(manifest.path)
        return false
    }

    func address(_ name: String) -> String { "\(folder)/\(name)" }

    /// Writes a file that nobody takes for a whole one yet.
    private func write(_ bytes: [UInt8], _ name: String) throws(UsageError) -> String {
        let temporary = "\(folder)/.\(name).unfinished"
        do {
            try Data(bytes).write(to: URL(filePath: temporary))
        } catch {
            throw UsageError(
                "\(temporary) cannot be written; see to room and leave to write, and give the command again")
        }
        return temporary
    }

    private func failure(_ path: String) -> UsageError { UsageError("\(path): \(String(cString: strerror(errno)))") }
}
