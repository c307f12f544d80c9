import AWSCore
import Jobs
import S3

extension Attempt {
    /// Copies the source by one CopyObject, and proves the copy.
    ///
    /// S3 copies metadata and tags by itself where they are the source's own: nothing is lost on the way through
    /// headers, and the tags need not be read. What it would leave out goes in headers, as for a copy in parts.
    func copyWhole(
        _ source: HeadObjectOutput, _ known: DestinationProperties, condition: WriteCondition
    ) async throws(TransferFailure) {
        note { $0.parts = 1 }
        let wanted =
            engine.settings.copiesACL ? properties(of: source, grants: try await sourceGrants(source)) : known
        let request = WholeCopy(
            source: pinned(source), destination: task.destination, headers: wanted.headers,
            copiesMetadata: wanted.keepsMetadata, copiesTags: wanted.keepsTags, condition: condition)
        let made: MadeObject
        do throws(AWSError) {
            made = try await engine.store.copy(request)
        } catch  where error.code == "PreconditionFailed" && condition == .absent {
            return try await resolveOccupied(source, wanted)
        } catch {
            throw copyFailure(error)
        }
        try await setTagsAfterwards(wanted, of: made)
        try await prove(source, made, mayRelyOnReply: true)
    }

    private func copyFailure(_ error: AWSError) -> TransferFailure {
        var failure = TransferFailure(error)
        switch error.code {
        case "PreconditionFailed":
            failure.message = "\(task.source) changed before it was copied (\(error))"
        case "NoSuchKey", "NoSuchVersion":
            failure.message = "\(task.source) is not there (\(error))"
            failure.advice = "take it out of the manifest, or check bucket, key and version"
        case "InvalidObjectState":
            failure.message = "\(task.source) is in an archive and not restored (\(error))"
            failure.advice = "restore it with RestoreObject, and try again when that is finished"
        default: break
        }
        return failure
    }

    /// The source's grants, as the destination is given them.
    func sourceGrants(_ source: HeadObjectOutput) async throws(TransferFailure) -> [String: String] {
        do throws(AWSError) {
            return try await engine.store.grants(on: pinned(source).object, payer: engine.payer)
        } catch {
            throw TransferFailure(error)
        }
    }

    /// Gives the destination the tags that did not fit into a header.
    func setTagsAfterwards(
        _ wanted: DestinationProperties, of made: MadeObject
    ) async throws(TransferFailure) {
        guard let tags = wanted.tagsAfterwards else { return }
        var object = task.destination
        object.versionId = made.versionId
        do throws(AWSError) {
            try await engine.store.setTags(tags, of: object, payer: engine.payer)
        } catch {
            throw TransferFailure(error)
        }
    }
}
