internal import AWSCore
internal import Jobs
public import S3

/// How an archive in a cold storage class is asked for.
public struct Thawing: Sendable {
    /// How soon.
    public var tier: RestoreObjectRequest.Tier
    /// For how many days it can be read.
    public var days: Int
    /// Whether to wait until it can.
    public var waits: Bool

    /// Makes a request.
    public init(tier: RestoreObjectRequest.Tier, days: Int, waits: Bool) {
        self.tier = tier
        self.days = days
        self.waits = waits
    }

    /// Between two looks at an archive that is on its way: a second at first, later five minutes, which of the hours that
    /// it takes is little.
    static let longestPause = Duration.seconds(300)
}

extension Archive {
    /// Sees to it that the archive's bytes can be read.
    ///
    /// - Parameters:
    ///   - thawing: How to ask for an archive in a cold storage class; nil for not at all.
    ///   - say: Takes a line on what is waited for.
    /// - Throws: ``ExtractionError`` where they cannot be read yet: of code `transient` where they will be later.
    public func thaw(_ thawing: Thawing?, say: (String) async -> Void) async throws {
        guard let stored = bytes as? StoredBytes, Restoration.isArchived(stored.head) else { return }
        let storageClass = stored.head.archiveStatus ?? stored.head.properties.storageClass ?? "a cold storage class"
        if !Restoration.isUnderWay(stored.head) {
            guard let thawing else {
                throw ExtractionError(
                    "\(stored.name) is in \(storageClass): it must be restored before it can be read; "
                        + "--restore Standard --days 7 asks for that", .cold)
            }
            try await ask(for: stored, thawing)
        }
        guard let thawing, thawing.waits else {
            throw ExtractionError(
                "\(stored.name) is being restored from \(storageClass); the same command works once it is, --wait waits",
                .transient)
        }
        await say("waiting until \(stored.name) is restored from \(storageClass)")
        try await wait(for: stored)
    }

    private func ask(for stored: StoredBytes, _ thawing: Thawing) async throws {
        let isTiered = stored.head.archiveStatus != nil
        do throws(AWSError) {
            try await s3.restoreObject(
                RestoreObjectRequest(stored.object, days: isTiered ? nil : thawing.days, tier: thawing.tier))
        } catch {
            guard error.code == "RestoreAlreadyInProgress" else { throw ExtractionError(error, of: stored.name) }
        }
    }

    private func wait(for stored: StoredBytes) async throws {
        var pause = Duration.seconds(1)
        while true {
            guard let now = try await StoredBytes(stored.object, s3) else {
                throw ExtractionError("\(stored.name) is gone")
            }
            guard now.head.eTag == stored.head.eTag else {
                throw ExtractionError("\(stored.name) was replaced meanwhile; run the same command again", .transient)
            }
            if !Restoration.isArchived(now.head) { return }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Thawing.longestPause)
        }
    }
}
