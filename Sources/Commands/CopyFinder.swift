import AWSCore
import Console
import S3

/// Finds what stands at the destinations of listed objects, in a listing of the destination that is read beside theirs.
///
/// Keys are asked for in the order of their bytes, in which S3 lists both sides, so that a page is fetched once and let
/// go. A store that lists in another order makes it overlook copies, which are then made again; it never takes one
/// object for another.
struct CopyFinder {
    typealias Listing = () async throws(AWSError) -> ListedObject?

    /// How many keys are passed over before the listing is begun anew nearer to the key that is looked for: a page.
    private static let longestWay = 1_000

    private let list: (_ startAfter: String?) -> Listing
    private let giveUp: (AWSError) async -> Void
    private var next: Listing
    private var found: ListedObject?
    private var isAtEnd = false

    /// Looks through a listing.
    ///
    /// - Parameters:
    ///   - list: Begins the listing behind a key; at its start for `nil`.
    ///   - giveUp: Is told why nothing more is looked for.
    init(list: @escaping (_ startAfter: String?) -> Listing, giveUp: @escaping (AWSError) async -> Void) {
        self.list = list
        self.giveUp = giveUp
        next = list(nil)
    }

    /// Looks through what is listed under the destination of a prefix.
    init(_ place: ObjectReference, _ s3: S3Client, requesterPays: Bool, _ reporter: Reporter) {
        self.init { startAfter in
            var request = ListObjectsV2Request(bucket: place.bucket, prefix: place.key)
            request.requesterPays = requesterPays
            request.startAfter = startAfter
            var objects = s3.listObjectsV2(request).makeAsyncIterator()
            return { () async throws(AWSError) in try await objects.next() }
        } giveUp: { error in
            await reporter.say("what is copied already cannot be seen, and is copied again: \(error)".onOneLine)
        }
    }

    /// What is at a key, which must not stand before one that was asked for already; `nil` where nothing is known.
    ///
    /// - Throws: `AWSError` when listing may succeed another time; what is refused for good ends the search only.
    mutating func copy(at key: String) async throws(AWSError) -> ListedObject? {
        do throws(AWSError) {
            return try await search(key)
        } catch  where error.service != nil && !error.isTransient && !error.isThrottling {
            isAtEnd = true
            found = nil
            await giveUp(error)
            return nil
        }
    }

    private mutating func search(_ key: String) async throws(AWSError) -> ListedObject? {
        var passed = 0
        while let listed = try await current() {
            // Bytes, not characters: two keys may look the same.
            if listed.key.utf8.elementsEqual(key.utf8) { return listed }
            if key.utf8.lexicographicallyPrecedes(listed.key.utf8) { return nil }
            found = nil
            passed += 1
            if passed == Self.longestWay { jump(from: listed.key, to: key) }
        }
        return nil
    }

    /// The entry of the listing that was read last and is not behind what is looked for.
    private mutating func current() async throws(AWSError) -> ListedObject? {
        if found == nil, !isAtEnd {
            found = try await next()
            isAtEnd = found == nil
        }
        return found
    }

    /// What a key begins with stands before it, so the listing behind that has the key.
    private mutating func jump(from passed: String, to key: String) {
        var start = key
        start.unicodeScalars.removeLast()
        if passed.utf8.lexicographicallyPrecedes(start.utf8) { next = list(start) }
    }
}
