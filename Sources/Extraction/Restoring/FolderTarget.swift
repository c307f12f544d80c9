internal import Archives
internal import Glibc
internal import HTTPTransport

/// Restores members to files below a folder, and to nowhere else.
///
/// Every folder on the way is opened from the one above it without following links, so that neither a name nor a link
/// that stands there leads out. A file is written under another name and then given its own, so that it is whole or not
/// there.
public final class FolderTarget: RestoreTarget {
    /// What a member has become.
    public let outcome = RestoredMember.Outcome.restored
    /// It takes the bytes of every member.
    public let readsObjects = true
    private let path: String
    private let replaces: Bool
    private let tree: FolderTree?
    private let taken = Locked<[Int: Taken]>([:])

    /// What a path was claimed for.
    private enum Taken {
        case file, folder
    }

    /// Opens the folder, which is made where it is missing.
    ///
    /// - Parameters:
    ///   - path: Its path; links in it are followed.
    ///   - replaces: Whether files that are there are replaced.
    ///   - isDryRun: Whether nothing is to be written.
    /// - Throws: ``ExtractionError`` where there can be no such folder.
    public init(_ path: String, replaces: Bool, isDryRun: Bool = false) throws(ExtractionError) {
        self.path = path
        self.replaces = replaces
        tree = isDryRun ? nil : try FolderTree(path)
    }

    /// Settles the path of a member: its name in the archive.
    public func claim(_ member: FoundMember) throws(ExtractionError) -> RestorePlace {
        try member.refuseUnlessRestorable()
        let components: [String]
        do {
            components = try ExtractionPath.components(of: member.name)
        } catch {
            throw ExtractionError("\(error.message); --to s3://… restores it under its key", .refused)
        }
        guard !components.isEmpty || member.kind == .folder else {
            throw ExtractionError("\(member.name): the name of the folder itself", .refused)
        }
        let isFree = taken.withLock { Self.claim(components, for: member.kind == .folder ? .folder : .file, in: &$0) }
        guard isFree else {
            throw ExtractionError("\(member.name): another member of the archive has the same path", .refused)
        }
        return RestorePlace(text: ([path] + components).joined(separator: "/"), components: components)
    }

    /// A number of 64 bits stands for each path: two that share one by chance would only be refused.
    private static func claim(_ components: [String], for use: Taken, in taken: inout [Int: Taken]) -> Bool {
        var hasher = Hasher()
        var folders: [Int] = []
        for (position, component) in components.enumerated() {
            for byte in component.utf8 { hasher.combine(byte) }
            hasher.combine(UInt8(ascii: "/"))
            let number = hasher.finalize()
            let isLast = position == components.count - 1
            switch taken[number] {
            case .file: return false
            case .folder: if isLast, use == .file { return false }
            case nil: if isLast { taken[number] = use } else { folders.append(number) }
            }
        }
        for folder in folders { taken[folder] = .folder }
        return true
    }

    /// Makes a folder.
    public func makeFolder(_ place: RestorePlace) throws {
        _ = try tree?.folder(place.components)
    }

    /// Begins to write a file.
    public func sink(_ member: FoundMember, _ place: RestorePlace) throws -> any MemberSink {
        guard let tree, let name = place.components.last else {
            throw ExtractionError("\(place.text): nothing can be written here", .refused)
        }
        return try NewFile(
            in: try tree.folder(place.components.dropLast()), named: name, path: place.text, modified: member.modified,
            replaces: replaces)
    }
}
