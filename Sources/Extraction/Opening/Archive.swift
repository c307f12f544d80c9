internal import Archives
public import S3

/// Where an archive or an index is.
public enum ArchivePlace: Sendable, Equatable, CustomStringConvertible {
    case file(String)
    case object(ObjectReference)

    /// The path, or the address.
    public var description: String {
        switch self {
        case .file(let path): path
        case .object(let object): object.uri
        }
    }

    /// Where the index of an archive is.
    var index: ArchivePlace {
        let suffix = IndexFormat.jsonLines.suffix
        return switch self {
        case .file(let path): .file(path + suffix)
        case .object(let object): .object(ObjectReference(bucket: object.bucket, key: object.key + suffix))
        }
    }
}

/// An archive that is open for reading, and its index where there is one.
public struct Archive: Sendable {
    /// Which index to read it by.
    public enum IndexChoice: Sendable, Equatable {
        /// The one beside it, if there is one.
        case beside
        /// That one; it must be there.
        case at(ArchivePlace)
        /// None: the archive says itself what is in it.
        case none
    }

    /// Its bytes; nil where there are none, since all members in the index are objects of their own.
    let bytes: (any ArchiveBytes)?
    /// What is to be said of how it was opened: that its index could not be looked for.
    public let note: String?
    /// The index's bytes.
    public let index: (any ArchiveBytes)?
    /// S3, for members that are objects of their own.
    let s3: S3Client
    private let place: ArchivePlace

    /// Opens an archive.
    ///
    /// In S3 this takes a HeadObject of the archive and one of its index, at once; nothing of the archive is read.
    ///
    /// - Parameters:
    ///   - place: Where it is.
    ///   - choice: Which index to read it by.
    ///   - cache: Keeps indexes of S3 on this machine.
    ///   - s3: The client.
    /// - Throws: ``ExtractionError`` where neither it nor an index is there.
    public init(_ place: ArchivePlace, index choice: IndexChoice, cache: IndexCache?, _ s3: S3Client) async throws {
        async let opened = Self.open(place, s3)
        let looked = await Self.result { try await Self.index(of: place, choice, cache, s3) }
        bytes = try await opened
        do {
            index = try looked.get()
            note = nil
        } catch let error as ExtractionError where error.code == .denied && choice == .beside && bytes.isForeign {
            index = nil
            note = "\(place.index) cannot be looked at, and \(place) is not by s3haul: it is read without an index"
        }
        self.s3 = s3
        self.place = place
        if index == nil { _ = try present() }
    }

    private init(alone archive: Archive) {
        (bytes, index, note, s3, place) = (archive.bytes, nil, nil, archive.s3, archive.place)
    }

    /// The bytes, where they must be there.
    func present() throws(ExtractionError) -> any ArchiveBytes {
        guard let bytes else { throw ExtractionError("\(place): there is no such archive") }
        return bytes
    }

    /// The archive without its index.
    var alone: Archive { Archive(alone: self) }

    private static func result<Value>(
        _ body: () async throws -> Value
    ) async -> Result<Value, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }

    private static func open(_ place: ArchivePlace, _ s3: S3Client) async throws -> (any ArchiveBytes)? {
        switch place {
        case .file(let path): return try LocalBytes(path: path)
        case .object(let object): return try await StoredBytes(object, s3)
        }
    }

    private static func index(
        of archive: ArchivePlace, _ choice: IndexChoice, _ cache: IndexCache?, _ s3: S3Client
    ) async throws -> (any ArchiveBytes)? {
        let place: ArchivePlace
        switch choice {
        case .none: return nil
        case .beside: place = archive.index
        case .at(let named): place = named
        }
        guard let bytes = try await open(place, s3) else {
            if choice == .beside { return nil }
            throw ExtractionError("\(place): there is no such index")
        }
        guard let stored = bytes as? StoredBytes, let cache else { return bytes }
        return try await cache.local(stored)
    }
}

extension (any ArchiveBytes)? {
    /// Whether it is there, and no bundle of s3haul's: those have a mark, and an index.
    fileprivate var isForeign: Bool {
        guard let self else { return false }
        return (self as? StoredBytes)?.head.properties.metadata["s3haul-bundle"] == nil
    }
}
