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
                let made = try await make(number, collected.lot, ledger, ledger.lease(of: number), since: .now)
                await settle(claimed.members, tasks, made)
            }
            for (number, members) in claimed.earlier.sorted(by: { $0.key < $1.key }) {
                let made = try await finish(number, collected.lot, ledger)
                if case .ended = made { await meter.change { $0.repeated += Int64(members.count) } }
                await settle(members, tasks, made)
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
        let start = try await lease.takeInTurn()
        let end: BundleEnd
        do {
            end = try await lease.keeping(since: start) { isHeld in
                try await actions.bundleManifest(manifest, settings, isHeld)
            }
        } catch {
            await uncancelled { try? await lease.release() }
            throw error
        }
        await uncancelled { try? await lease.release() }
        return end
    }

    /// Whether the bundle of a claim is made.
    private enum Made {
        case ended(ClaimEnd)
        case not(mayPass: Bool)
    }

    /// The bundle of a claim of somebody: how it ended, once it did.
    private func finish(_ number: Int, _ lot: Lot, _ ledger: ClaimLedger) async throws -> Made {
        let lease = ledger.lease(of: number)
        while true {
            if let end = try await ledger.end(of: number) { return .ended(end) }
            let now = ContinuousClock.now
            guard let left = try await lease.take(freeFrom: try await ledger.makerHasTime(for: number)) else {
                return try await make(number, lot, ledger, lease, since: now)
            }
            try await Task.sleep(for: .seconds(min(left, 2)))
        }
    }

    /// Makes the bundle of a claim that this worker has since a time.
    private func make(
        _ number: Int, _ lot: Lot, _ ledger: ClaimLedger, _ lease: Lease, since start: ContinuousClock.Instant
    ) async throws -> Made {
        var mayPass = true
        let label = ClaimLedger.label(number)
        do {
            let rows = try rows(try await ledger.manifest(of: number), "claim \(number) of \(lot.run)")
            let claimed = try await ledger.made(number)
            let end = try await lease.keeping(since: start) { isHeld in
                try await actions.bundle(
                    CollectedBundle(
                        name: "\(lot.run)-\(label)", number: number, identity: "\(lot.name)/\(label)",
                        claimed: claimed, lot: lot, rows: rows, isHeld: isHeld))
            }
            await meter.change { $0.add(end) }
            if end.status == .done {
                let failed = rows.filter { !end.archived.contains($0.object) }.map(MemberDigest.init)
                let finished = ClaimEnd(archive: end.archive, archived: rows.count - failed.count, failed: failed)
                return .ended(try await ledger.finish(number, finished))
            }
            mayPass = end.status == .interrupted
            if !Task.isCancelled { await report("\(lot.run)-\(label) is not done: \(end.reason ?? "it was stopped")") }
        } catch {
            await uncancelled { try? await lease.release() }
            throw error
        }
        await uncancelled { try? await lease.release() }
        return .not(mayPass: mayPass)
    }

    private func settle(
        _ members: [MemberDigest], _ tasks: [MemberDigest: [QueuedTask]], _ made: Made
    ) async {
        func handles(_ wanted: (MemberDigest) -> Bool) -> [String] {
            members.filter(wanted).flatMap { tasks[$0] ?? [] }.map(\.receiptHandle)
        }
        switch made {
        case .ended(let end):
            let failures = end.failures
            await delete(handles { !failures.contains($0) })
            let failed = handles(failures.contains)
            guard !failed.isEmpty else { return }
            await report("\(failed.count) messages are given back, since their objects could not be archived")
            await giveBack(failed, mayPass: false)
        case .not(let mayPass):
            // What is left when the worker is stopped is given back at once, all together.
            if !Task.isCancelled { await giveBack(handles { _ in true }, mayPass: mayPass) }
        }
    }

    private func delete(_ handles: [String]) async {
        // What is done stays done for the one who is told to stop, too.
        let count = await uncancelled { [held] in await held.delete(handles) }
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
