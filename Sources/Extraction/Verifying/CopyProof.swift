internal import AWSCore
internal import Archives
internal import Jobs
internal import S3

/// What proves that an object beside an archive is still the one that was put there.
enum CopyProof {
    /// Compares what HeadObject says of it with what the index says.
    ///
    /// A checksum is over the bytes alone and settles it. An ETag is another one too where the object was written anew,
    /// with whatever bytes.
    ///
    /// - Parameters:
    ///   - copy: The object.
    ///   - member: What the index says of it.
    /// - Returns: The best proof that there is.
    /// - Throws: ``ExtractionError`` where it is another object.
    static func of(_ copy: StoredBytes, _ member: FoundMember) throws(ExtractionError) -> RestoredMember.Proof {
        guard copy.size == member.size else {
            throw ExtractionError("\(copy.name) has \(copy.size) bytes, not \(member.size)", .damaged)
        }
        guard let entry = member.entry else { return .size }
        if let known = entry.copyChecksum, let found = copy.head.checksum.map(text),
            algorithm(known) == algorithm(found)
        {
            guard known == found else {
                throw ExtractionError("\(copy.name) has the checksum \(found), not \(known) as it was stored", .damaged)
            }
            return .checksum
        }
        guard let known = entry.copyETag else { return copy.head.eTag == entry.eTag ? .eTag : .size }
        guard copy.head.eTag == known else {
            throw ExtractionError(
                "\(copy.name) has another ETag than it was stored with: it was replaced since", .damaged)
        }
        return .eTag
    }

    /// The source of a member, where it can be read and still is what was archived.
    ///
    /// - Throws: ``ExtractionError`` of code `transient`, where it may be there.
    static func source(of member: FoundMember, _ s3: S3Client) async throws -> StoredBytes? {
        guard let entry = member.entry else { return nil }
        do {
            let source = ObjectReference(bucket: entry.bucket, key: entry.key, versionId: entry.versionId)
            guard let bytes = try await StoredBytes(source, s3), bytes.head.eTag == entry.eTag,
                bytes.size == entry.size, !Restoration.isArchived(bytes.head)
            else { return nil }
            return bytes
        } catch let error as ExtractionError where error.code != .transient {
            // Whether sources are as they were is what `Verifier.sources` tells.
            return nil
        }
    }

    /// A checksum as the index has it.
    private static func text(_ checksum: ObjectChecksum) -> String { "\(checksum.algorithm):\(checksum.value)" }

    private static func algorithm(_ text: String) -> Substring { text.prefix { $0 != ":" } }
}
