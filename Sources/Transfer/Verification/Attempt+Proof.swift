import AWSCore
import Jobs
import S3

extension Attempt {
    /// Proves that what was made is the source, and notes how.
    ///
    /// - Parameters:
    ///   - source: What HeadObject said of the source.
    ///   - made: What S3 said of the destination when it was made.
    ///   - mayRelyOnReply: Whether equal ETags in that reply are proof enough, so that HeadObject need not be asked.
    /// - Returns: How it is known.
    /// - Throws: `TransferFailure` when it is not the source.
    @discardableResult
    func prove(
        _ source: HeadObjectOutput, _ made: MadeObject, mayRelyOnReply: Bool = false
    ) async throws(TransferFailure) -> TaskRecord.Proof {
        note {
            $0.destinationETag = made.eTag
            $0.destination?.versionId = made.versionId
        }
        let replied = HeadObjectOutput(contentLength: source.contentLength, eTag: made.eTag)
        var proof = mayRelyOnReply ? ObjectProof.between(source, replied) : nil
        if proof == nil || engine.settings.verification == .deep {
            let found = try await readBack(source, made)
            let deep = try await comparedDeeply(source, found)
            proof = deep ?? ObjectProof.between(source, found) ?? .sizeAndParts
        }
        note { $0.proof = proof }
        return proof ?? .sizeAndParts
    }

    /// Asks HeadObject what was made, and refuses what cannot be the source.
    private func readBack(
        _ source: HeadObjectOutput, _ made: MadeObject
    ) async throws(TransferFailure) -> HeadObjectOutput {
        guard let found = try await headDestination(version: made.versionId) else {
            throw TransferFailure(
                "Verify", "\(task.destination) is gone right after it was made",
                advice: "find out who removes objects there", mayPass: true)
        }
        if ObjectProof.isRefuted(source, found) {
            throw TransferFailure(
                "Verify",
                "\(task.destination) is not its source: \(described(found)), where the source is \(described(source))",
                advice: "find out who else writes there, and copy it again")
        }
        guard found.eTag == made.eTag || ObjectProof.between(source, found) != nil else {
            throw TransferFailure(
                "Verify", "\(task.destination) is not what was made: ETag \(found.eTag), and \(made.eTag) was made",
                advice: "find out who else writes there, and copy it again", mayPass: true)
        }
        return found
    }

    private func described(_ head: HeadObjectOutput) -> String {
        let checksum = head.checksum.map { ", \($0.algorithm) \($0.value)" } ?? ""
        return "\(head.contentLength) bytes\(checksum)"
    }

    /// Reads both objects and compares them, where that is asked for.
    ///
    /// - Returns: The proof; `nil` where it is not asked for.
    func comparedDeeply(
        _ source: HeadObjectOutput, _ found: HeadObjectOutput
    ) async throws(TransferFailure) -> TaskRecord.Proof? {
        guard engine.settings.verification == .deep else { return nil }
        var destination = task.destination
        destination.versionId = found.versionId
        let comparison = DeepComparison(
            store: engine.store, one: pinned(source).object, oneETag: source.eTag, other: destination,
            otherETag: found.eTag, size: source.contentLength, payer: engine.payer)
        let difference: Int64?
        do throws(AWSError) {
            difference = try await comparison.firstDifference()
        } catch {
            throw TransferFailure(error)
        }
        guard let difference else { return .deep }
        throw TransferFailure(
            "Verify", "\(task.destination) differs from its source at byte \(difference)",
            advice: "copy it again, and report this: the store said that it had copied it")
    }
}
