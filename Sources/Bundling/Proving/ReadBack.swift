internal import AWSCore
internal import Archives
internal import Checksums
internal import Jobs
internal import S3

/// Reads an archive by its index and compares what is found with the checksums of what was archived.
struct ReadBack {
    private let index: StoredIndex
    private let store: any BundleStore
    private let archive: ObjectReference
    private let head: HeadObjectOutput?
    private let requesterPays: Bool

    /// How many members a sample has.
    private static let sampleSize = 32

    /// Looks at an archive; there is none where all objects were copied beside it.
    init(
        _ index: StoredIndex, of archive: ObjectReference, _ store: any BundleStore, requesterPays: Bool
    ) async throws {
        self.index = index
        self.archive = archive
        self.store = store
        self.requesterPays = requesterPays
        head = try await store.existing(archive)
    }

    /// Proves the archive.
    ///
    /// One in an archive class cannot be read, and is not proven until it is restored.
    ///
    /// - Throws: `BundleFailure` with the first member that is not what the index says.
    func prove(_ verification: CopySettings.Verification) async throws {
        var sample: [IndexEntry] = []
        var count = 0
        let copies = CopyProof(store: store, isDeep: verification == .deep, requesterPays: requesterPays)
        let frames = head.map { ArchiveFrames(archive, $0, store, readsAhead: verification == .deep) }
        if let head, Restoration.isArchived(head) {
            throw BundleFailure.unreadable(head.properties.storageClass ?? "an archive tier")
        }
        try await index.forEach { entry in
            guard let location = entry.location else { return try await copies.prove(entry) }
            guard let frames, location.isWithin(frames.size) else {
                throw BundleFailure(
                    "ReadBack", "\(archive) does not reach to the end of \(entry.key)", advice: "its source is kept")
            }
            count += 1
            if verification == .deep {
                try await frames.prove(entry)
            } else if sample.count < Self.sampleSize {
                sample.append(entry)
            } else if case let slot = Int.random(in: 0..<count), slot < Self.sampleSize {
                sample[slot] = entry
            }
        }
        guard let frames else { return }
        for entry in sample { try await frames.prove(entry) }
    }
}

extension BundleFailure {
    /// Sources are to be deleted, and what replaces them cannot be read.
    static func unreadable(_ storageClass: String) -> BundleFailure {
        BundleFailure(
            "ReadBack", "an archive in \(storageClass) cannot be read back, and without that no source is deleted",
            code: "InvalidObjectState",
            advice:
                "store it as GLACIER_IR, or as STANDARD and let a lifecycle rule move it; one that is there already "
                + "is to be restored first")
    }
}

/// The frames of an archive, as they are in S3; what is read is kept until something behind it is wanted.
private final class ArchiveFrames {
    let size: Int64
    private let archive: ObjectReference
    private let eTag: String
    private let store: any BundleStore
    private let readsAhead: Bool
    private var window: (offset: Int64, bytes: [UInt8]) = (0, [])
    private var decoded: (offset: Int64, bytes: [UInt8])?

    private static let windowSize: Int64 = 8 << 20
    private static let smallMember: Int64 = 1 << 20
    /// What a frame with a small member decodes to at most: the largest `--frame-size`.
    private static let largestFrame: Int64 = 64 << 20

    /// Looks at an archive; `readsAhead` where all of it will be read.
    init(_ archive: ObjectReference, _ head: HeadObjectOutput, _ store: any BundleStore, readsAhead: Bool) {
        self.archive = archive
        self.store = store
        self.readsAhead = readsAhead
        eTag = head.eTag
        size = head.contentLength
    }

    /// Compares a member with its checksum.
    func prove(_ entry: IndexEntry) async throws {
        guard let location = entry.location, let crc32 = entry.crc32, location.dataLength == entry.size else {
            throw BundleFailure("ReadBack", "the index does not say where \(entry.key) lies")
        }
        do {
            // Small members share a frame, which is decoded once; all others are read through, whatever they decode to.
            if location.dataLength <= Self.smallMember, location.encoding != .none {
                try await proveInFrame(location, crc32)
            } else {
                try await readThrough(location, crc32)
            }
        } catch let error as ArchiveError {
            throw BundleFailure("ReadBack", "\(entry.key) in \(archive): \(error)", advice: "its source is kept")
        }
    }

    private func proveInFrame(_ location: MemberLocation, _ crc32: UInt32) async throws {
        if decoded?.offset != location.frameOffset || location.dataOffset + location.dataLength > decodedCount {
            var input = try await bytes(location.frameOffset, Int(location.frameLength))[...]
            var decoder = try FrameDecoder(location.encoding, limit: Self.largestFrame)
            var frame: [UInt8] = []
            while case let piece = try decoder.decode(&input, atMost: 1 << 20), !piece.isEmpty { frame += piece }
            decoded = (location.frameOffset, frame)
        }
        guard let frame = decoded?.bytes, location.dataOffset + location.dataLength <= Int64(frame.count) else {
            throw ArchiveError(.truncated, "The frame ends before the member", at: location.frameOffset)
        }
        var crc = CRC(.crc32)
        let start = Int(location.dataOffset)
        frame.withUnsafeBytes { crc.update(.init(rebasing: $0[start..<(start + Int(location.dataLength))])) }
        guard crc.value == UInt64(crc32) else {
            throw ArchiveError(.damaged, "The member's bytes have another CRC-32", at: location.frameOffset)
        }
    }

    private var decodedCount: Int64 { Int64(decoded?.bytes.count ?? 0) }

    private func readThrough(_ location: MemberLocation, _ crc32: UInt32) async throws {
        var reader = try MemberReader(location, crc32: crc32)
        var offset: Int64 = 0
        while offset < location.frameLength, !reader.isComplete {
            let count = Int(min(Self.windowSize, location.frameLength - offset))
            var input = try await bytes(location.frameOffset + offset, count)[...]
            offset += Int64(count)
            while case let piece = try reader.read(&input), !piece.isEmpty {}
        }
        try reader.finish()
    }

    /// Bytes of the archive, at most a window of them.
    private func bytes(_ offset: Int64, _ count: Int) async throws -> ArraySlice<UInt8> {
        guard count > 0 else { return [] }
        let end = window.offset + Int64(window.bytes.count)
        if offset < window.offset || offset + Int64(count) > end {
            var request = GetObjectRequest(archive)
            let wanted = readsAhead ? Self.windowSize : Int64(count)
            request.range = offset...(min(offset + wanted, size) - 1)
            request.ifMatch = eTag
            window = (offset, try await store.whole(request, collectingUpTo: Int(Self.windowSize)).bytes)
        }
        let start = Int(offset - window.offset)
        return window.bytes[start..<min(start + count, window.bytes.count)]
    }
}
