internal import AWSCore
internal import HTTPTransport
internal import S3

/// What a reply without `x-amz-tagging-count` means, bucket by bucket.
///
/// S3 sends that header only to callers who may read the object's tags (API Reference, GetObject), and some stores never
/// do. So the tags of one object are asked for; after that, a reply says by itself whether there are any.
final class TagAccess: Sendable {
    /// What is known of a bucket.
    enum Meaning: Sendable, Equatable {
        /// The object has no tags.
        case untagged
        /// It may have some; each object is asked for them.
        case uncounted
        /// It may have some, and S3 does not tell them; with its code.
        case refused(String)
    }

    private let known = Locked<[String: Meaning]>([:])

    subscript(bucket: String) -> Meaning? { known.withLock { $0[bucket] } }

    /// Notes what a reply with tags in it, or GetObjectTagging, has shown; the first one counts.
    func learn(_ meaning: Meaning, of bucket: String) { known.withLock { $0[bucket] = $0[bucket] ?? meaning } }

    /// Asks for the tags of an object whose reply had no count of them.
    ///
    /// - Throws: `AWSError` where that tells nothing.
    func ask(_ object: ObjectReference, _ store: any BundleStore, requesterPays: Bool) async throws(AWSError) -> [Tag] {
        var request = ObjectTaggingRequest(object)
        request.requesterPays = requesterPays
        do throws(AWSError) {
            let tags = try await store.getObjectTagging(request)
            learn(tags.isEmpty ? .untagged : .uncounted, of: object.bucket)
            return tags
        } catch {
            switch error.status {
            case 403: learn(.refused(error.code ?? "AccessDenied"), of: object.bucket)
            // A store that does not know the operation has no tags.
            case 405, 501: learn(.untagged, of: object.bucket)
            default: throw error
            }
            return []
        }
    }
}

extension BundleFailure {
    /// Sources are to be deleted, and their tags would be lost.
    static func tagsRefused(_ bucket: String, code: String) -> BundleFailure {
        BundleFailure(
            "GetObjectTagging", "the tags of objects in \(bucket) may not be read, and --delete-source would lose them",
            code: code,
            advice: "allow s3:GetObjectTagging and s3:GetObjectVersionTagging there; nothing was deleted")
    }
}
