internal import AWSCore
internal import HTTPTransport
internal import Jobs
internal import S3

extension Archive {
    /// Sees to it that what is wanted can be read: the archive where any of it is in there, and objects beside it.
    ///
    /// Whatever lies in a cold storage class is asked for before any is waited for, since each takes hours. Objects beside
    /// an archive that can be read are looked at here only to be waited for: else ``Restorer`` asks for them as it comes
    /// by.
    ///
    /// - Parameters:
    ///   - thawing: How to ask; nil for not at all.
    ///   - selection: What is wanted.
    ///   - readsObjects: Whether objects beside the archive are to be read.
    ///   - say: Takes a line on what is waited for.
    /// - Throws: ``ExtractionError`` where the archive cannot be read yet: of code `transient` where it will be later.
    public func thaw(
        _ thawing: Thawing?, for selection: Selection, readsObjects: Bool, say: (String) async -> Void
    ) async throws {
        var cold = (bytes as? StoredBytes).flatMap { Restoration.isArchived($0.head) ? $0 : nil }
        let asking = readsObjects ? thawing : nil
        var onTheWay = 0
        if index != nil, cold != nil || asking?.waits == true {
            let (found, isInArchive) = try await beside(selection, asking == nil) { object in
                // What cannot be asked for is said of its member, when it cannot be read.
                if let asking { try? await ask(for: object, asking) }
            }
            onTheWay = found
            if !isInArchive { cold = nil }
        }
        if let cold { try await thaw(cold, thawing, say: say) }
        guard asking?.waits == true, onTheWay > 0 else { return }
        await say("waiting until what lies beside the archive is restored: \(onTheWay) of the objects")
        _ = try await beside(selection, false) { object in
            try? await wait(for: object) { Restoration.isUnderWay($0) }
        }
        try Task.checkCancellation()
    }

    /// Says that an object can be read.
    ///
    /// - Throws: ``ExtractionError`` where it cannot yet, once it was asked for: of code `cold` where it may not be.
    func requireReadable(_ stored: StoredBytes, _ thawing: Thawing?) async throws {
        guard Restoration.isArchived(stored.head) else { return }
        if !Restoration.isUnderWay(stored.head) {
            guard let thawing else {
                throw ExtractionError(
                    "\(stored.name) is in \(stored.storageClass): it must be restored before it can be read; "
                        + "--restore Standard --days 7 asks for that", .cold)
            }
            try await ask(for: stored, thawing)
        }
        throw ExtractionError(
            "\(stored.name) is being restored from \(stored.storageClass); the same command works once it is, "
                + "--wait waits", .transient)
    }

    private func thaw(_ stored: StoredBytes, _ thawing: Thawing?, say: (String) async -> Void) async throws {
        do {
            try await requireReadable(stored, thawing)
        } catch let error as ExtractionError where error.code == .transient {
            guard thawing?.waits == true else { throw error }
        }
        await say("waiting until \(stored.name) is restored from \(stored.storageClass)")
        try await wait(for: stored) { _ in true }
    }

    /// Goes through the objects beside the archive that are wanted and in a cold storage class.
    ///
    /// - Parameters:
    ///   - selection: What is wanted.
    ///   - passes: Whether they are passed over, so that nothing is asked of S3.
    ///   - act: What is done with each, sixteen at a time.
    /// - Returns: How many there are, and whether any member is wanted that is in the archive.
    /// - Throws: ``ExtractionError`` where the members cannot be listed.
    private func beside(
        _ selection: Selection, _ passes: Bool, _ act: @escaping @Sendable (StoredBytes) async -> Void
    ) async throws -> (cold: Int, isInArchive: Bool) {
        var members = try await members().selected(selection)
        var isInArchive = false
        var cold = 0
        _ = try await concurrently(Restorer.standardConcurrency) {
            while let member = try await members.next() {
                guard case .object(let object) = member.place else {
                    isInArchive = true
                    continue
                }
                if !passes { return object }
            }
            return nil
        } carryOut: { [s3] object in
            guard let stored = try? await StoredBytes(object, s3), Restoration.isArchived(stored.head) else {
                return 0
            }
            await act(stored)
            return 1
        } record: {
            cold += $0
        }
        return (cold, isInArchive)
    }

    private func ask(for stored: StoredBytes, _ thawing: Thawing) async throws {
        guard !Restoration.isUnderWay(stored.head) else { return }
        let isTiered = stored.head.archiveStatus != nil
        do throws(AWSError) {
            try await s3.restoreObject(
                RestoreObjectRequest(stored.object, days: isTiered ? nil : thawing.days, tier: thawing.tier))
        } catch {
            guard error.code == "RestoreAlreadyInProgress" else { throw ExtractionError(error, of: stored.name) }
        }
    }

    /// Waits until an object can be read, or there is no hope of that.
    private func wait(for stored: StoredBytes, while isHopeful: (HeadObjectOutput) -> Bool) async throws {
        var pause = Duration.seconds(1)
        while true {
            guard let now = try await StoredBytes(stored.object, s3) else {
                throw ExtractionError("\(stored.name) is gone")
            }
            guard now.head.eTag == stored.head.eTag else {
                throw ExtractionError("\(stored.name) was replaced meanwhile; run the same command again", .transient)
            }
            guard Restoration.isArchived(now.head), isHopeful(now.head) else { return }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Thawing.longestPause)
        }
    }
}

extension StoredBytes {
    /// The storage class or archive tier that it must be restored from.
    fileprivate var storageClass: String {
        head.archiveStatus ?? head.properties.storageClass ?? "a cold storage class"
    }
}
