internal import Archives
internal import Checksums

/// Compares a member's bytes with what is known of them, as they pass.
struct MemberCheck: ~Copyable {
    private let member: FoundMember
    private var crc32 = CRC32()
    private var md5: MD5?
    private var checksum: CRC?
    private var size: Int64 = 0

    init(_ member: FoundMember) {
        self.member = member
        md5 = member.md5 == nil ? nil : MD5()
        checksum = member.copyChecksum.map { CRC($0.algorithm) }
    }

    mutating func update(_ bytes: ArraySlice<UInt8>) {
        size += Int64(bytes.count)
        if member.crc32 != nil { crc32.update(bytes) }
        // The digest reads the bytes within the call.
        bytes.withUnsafeBytes {
            md5?.update($0)
            checksum?.update($0)
        }
    }

    /// Says that all bytes were there.
    ///
    /// - Throws: ``ExtractionError`` where they are not those that were archived.
    consuming func finish() throws(ExtractionError) {
        guard size == member.size else { throw damaged("\(size) bytes instead of \(member.size)") }
        if let known = member.crc32, known != crc32.value { throw damaged("another CRC-32 than was archived") }
        if let known = member.copyChecksum, let checksum, checksum.base64 != known.value {
            throw damaged("the \(known.algorithm.rawValue) \(checksum.base64), not \(known.value)")
        }
        guard let known = member.md5, let found = md5.take()?.finish().hexadecimal else { return }
        if known.lowercased() != found { throw damaged("another MD5 than was archived: \(found), not \(known)") }
    }

    private func damaged(_ what: String) -> ExtractionError {
        ExtractionError("\(member.key): its bytes in the archive are damaged: \(what)", .damaged)
    }
}
