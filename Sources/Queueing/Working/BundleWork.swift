internal import AWSCore
internal import Jobs
internal import Manifests
internal import S3

/// Makes bundles of what messages asked for, and settles the messages by what came of it.
struct BundleWork: Sendable {
    let actions: WorkActions
    let held: HeldMessages
    let ledgers: Ledgers
    let meter: WorkMeter
    let report: @Sendable (String) async -> Void
    /// Whether failed messages are given back at once, since a redrive policy ends that.
    let givesBack: Bool

    /// Archives collected objects, each into one bundle of all workers' bundles.
    func archive(_ collected: Collector.Collected) async {
        let tasks = Dictionary(grouping: collected.tasks) { MemberDigest($0.row) }
        do {
            let ledger = try await ledgers.ledger(of: collected.lot, actions)
            let claimed = try await ledger.claim(ordered(collected.tasks)) { members in
                try manifest(members.compactMap { tasks[$0]?.first?.row })
            }
            if let number = claimed.number {
                let end = try await make(number, collected.lot, ledger, since: .now)
                await settle(claimed.members, tasks, end)
            }
            for (number, members) in claimed.earlier.sorted(by: { $0.key < $1.key }) {
                let end = try await finish(number, collected.lot, ledger)
                if end != nil { await meter.change { $0.repeated += Int64(members.count) } }
                await settle(members, tasks, end)
            }
        } catch {
            guard !Task.isCancelled else { return }
            await fail(
                collected.tasks.map(\.receiptHandle), "\(collected.tasks.count) objects of \(collected.lot.run)", error)
        }
    }

    /// Makes the bundles of the manifests of one message, which is deleted when all are made.
    func archive(_ manifests: [(ObjectReference, QueueMessage.Settings)], _ handle: String) async {
        for (manifest, settings) in manifests {
            do {
                let end = try await make(manifest, settings)
                await meter.change { totals in
                    totals.add(end)
                    if end.wasThere { totals.repeated += 1 }
                }
                guard end.status == .done else {
                    guard !Task.isCancelled else { return }
                    await report("\(manifest) is given back: \(end.reason ?? "it is not done")")
                    return await giveBack([handle], mayPass: end.status == .interrupted)
                }
            } catch {
                guard !Task.isCancelled else { return }
                return await fail([handle], "\(manifest)", error)
            }
        }
        await delete([handle])
    }

    private func make(_ manifest: ObjectReference, _ settings: QueueMessage.Settings) async throws -> BundleEnd {
        let name = "manifests/\(MemberDigest(ManifestRow(manifest)).hexadecimal).lease"
        let lease = Lease(
            store: try actions.claims(settings), name: name, worker: ledgers.worker, clock: ledgers.clock)
        try await lease.take()
        let end: BundleEnd
        do {
            end = try await lease.keeping(since: .now) { isHeld in
                try await actions.bundleManifest(manifest, settings, isHeld)
            }
        } catch {
            await uncancelled { try? await lease.release() }
            throw error
        }
        await uncancelled { try? await lease.release() }
        return end
    }

    /// The bundle of a claim of somebody: how it ended, once it did; `nil` when it could not be made.
    private func finish(_ number: Int, _ lot: Lot, _ ledger: ClaimLedger) async throws -> ClaimEnd? {
        while true {
            if let end = try await ledger.end(of: number) { return end }
            let left = try await ledger.makerHasTime(for: number) - ledgers.clock.seconds()
            guard left > 0 else {
                let now = ContinuousClock.now
                try await ledger.lease(of: number).hold()
                return try await make(number, lot, ledger, since: now)
            }
            try await Task.sleep(for: .seconds(min(left, 2)))
        }
    }

    /// Makes the bundle of a claim that this worker has since a time; `nil` when it could not be made.
    private func make(
        _ number: Int, _ lot: Lot, _ ledger: ClaimLedger, since start: ContinuousClock.Instant
    ) async throws -> ClaimEnd? {
        let lease = ledger.lease(of: number)
        let label = ClaimLedger.label(number)
        do {
            let rows = try rows(try await ledger.manifest(of: number), "claim \(number) of \(lot.run)")
            let end = try await lease.keeping(since: start) { isHeld in
                try await actions.bundle(
                    CollectedBundle(
                        name: "\(lot.run)-\(label)", number: number, identity: "\(lot.name)/\(label)", lot: lot,
                        rows: rows, isHeld: isHeld))
            }
            await meter.change { $0.add(end) }
            if end.status == .done {
                let failed = rows.filter { !end.archived.contains($0.object) }.map(MemberDigest.init)
                let finished = ClaimEnd(archive: end.archive, archived: rows.count - failed.count, failed: failed)
                try await ledger.finish(number, finished)
                return finished
            }
            if !Task.isCancelled { await report("\(lot.run)-\(label) is not done: \(end.reason ?? "it was stopped")") }
        } catch {
            await uncancelled { try? await lease.release() }
            throw error
        }
        await uncancelled { try? await lease.release() }
        return nil
    }

    private func settle(
        _ members: [MemberDigest], _ tasks: [MemberDigest: [QueuedTask]], _ end: ClaimEnd?
    ) async {
        guard let end else {
            guard !Task.isCancelled else { return }
            return await giveBack(members.flatMap { tasks[$0] ?? [] }.map(\.receiptHandle), mayPass: true)
        }
        let failures = end.failures
        let failed = members.filter { failures.contains($0) }.flatMap { tasks[$0] ?? [] }
        await delete(members.filter { !failures.contains($0) }.flatMap { tasks[$0] ?? [] }.map(\.receiptHandle))
        guard !failed.isEmpty else { return }
        await report("\(failed.count) messages are given back, since their objects could not be archived")
        await giveBack(failed.map(\.receiptHandle), mayPass: false)
    }

    private func delete(_ handles: [String]) async {
        let count = await held.delete(handles)
        await meter.change { $0.messages += Int64(count) }
    }

    private func fail(_ handles: [String], _ what: String, _ error: any Error) async {
        await meter.change { $0.failedBundles += 1 }
        await report("\(what): given back: \(error)")
        await giveBack(handles, mayPass: (error as? AWSError)?.isTransient ?? false)
    }

    /// Lets others have messages: at once, unless they would come again for ever.
    func giveBack(_ handles: [String], mayPass: Bool) async {
        if mayPass || givesBack { await held.release(handles) } else { await held.forget(handles) }
    }

    /// The objects in the order in which they came, each once.
    private func ordered(_ tasks: [QueuedTask]) -> [MemberDigest] {
        var seen: Set<MemberDigest> = []
        return tasks.map { MemberDigest($0.row) }.filter { seen.insert($0).inserted }
    }

    private func manifest(_ rows: [ManifestRow]) throws -> [UInt8] {
        let writer = JSONLinesManifestWriter()
        return try rows.flatMap(writer.line)
    }

    private func rows(_ manifest: [UInt8], _ name: String) throws -> [ManifestRow] {
        var parser = ManifestParser(name: name, format: .jsonLines)
        let rows = try parser.parse(manifest)
        return rows + (try parser.finish())
    }
}

extension ManifestRow {
    /// The row of an object of which no more is known.
    fileprivate init(_ object: ObjectReference) {
        self.init(bucket: object.bucket, key: object.key, versionId: object.versionId)
    }

    /// The object, as the row names it.
    var object: ObjectReference { ObjectReference(bucket: bucket, key: key, versionId: versionId) }
}
