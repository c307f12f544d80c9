internal import Archives

/// The members of an archive, one after the other: by its index, by a zip's directory, or by the headers of a tar.
public final class MemberList {
    fileprivate enum Source {
        case index(IndexList)
        case zip(ZipList)
        case tar(TarWalk)
    }

    private let source: Source
    private let name: String

    fileprivate init(_ source: Source, of name: String) {
        self.source = source
        self.name = name
    }

    /// The walk through the tar, where there is nothing better.
    var walk: TarWalk? {
        if case .tar(let walk) = source { walk } else { nil }
    }

    /// The next member; nil at the end.
    ///
    /// - Throws: ``ExtractionError`` where the list cannot be read on.
    public func next() async throws -> FoundMember? {
        do {
            switch source {
            case .index(let list): return try await list.next().map { try FoundMember($0) }
            case .zip(let list): return try await list.next().map { FoundMember($0) }
            case .tar(let walk): return try await walk.nextMember().map { FoundMember($0) }
            }
        } catch {
            throw ExtractionError(error, of: name)
        }
    }
}

extension Archive {
    /// What is in the archive.
    public func members() async throws -> MemberList {
        if let index { return MemberList(.index(try await IndexList(index)), of: index.name) }
        let bytes = try present()
        do {
            let start = try await bytes.bytes(of: 0..<min(bytes.size, Int64(ArchiveFormat.detectionSize)))
            guard let format = ArchiveFormat.detect(start[...]) else {
                throw ExtractionError("\(bytes.name) is no tar, tar.gz, tar.zst or zip")
            }
            let encoding = format.tarEncoding
            let source: MemberList.Source =
                if let encoding { .tar(try await TarWalk(bytes, encoding)) } else { .zip(try await ZipList(bytes)) }
            return MemberList(source, of: bytes.name)
        } catch {
            throw ExtractionError(error, of: bytes.name)
        }
    }
}

/// The entries of an index.
final class IndexList {
    private let chunks: any ChunkReader
    private var reader: IndexReader
    private var input: ArraySlice<UInt8> = []
    private var isAtEnd = false

    init(_ index: any ArchiveBytes) async throws {
        chunks = try await index.reader()
        reader = try IndexReader()
    }

    func next() async throws -> IndexEntry? {
        while !isAtEnd {
            if let entry = try reader.next(&input) { return entry }
            if let chunk = try await chunks.next() {
                input = chunk[...]
            } else {
                isAtEnd = true
                try reader.finish()
            }
        }
        return nil
    }
}

/// The entries of a zip's directory.
final class ZipList {
    private let chunks: any ChunkReader
    private var reader: ZipDirectoryReader
    private var input: ArraySlice<UInt8> = []

    init(_ bytes: any ArchiveBytes) async throws {
        let tailStart = max(0, bytes.size - ZipDirectory.tailSize)
        let directory = try ZipDirectory(
            tail: try await bytes.bytes(of: tailStart..<bytes.size), archiveSize: bytes.size)
        chunks = try await bytes.reader(of: directory.offset..<(directory.offset + directory.size))
        reader = ZipDirectoryReader(directory)
    }

    func next() async throws -> ZipEntry? {
        while true {
            if let entry = try reader.next(&input) { return entry }
            guard let chunk = try await chunks.next() else { break }
            input = chunk[...]
        }
        try reader.finish()
        return nil
    }
}
