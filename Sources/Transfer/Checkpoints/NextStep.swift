/// What an attempt does first, by the checkpoint that it finds.
enum NextStep: Equatable {
    /// It begins: there is nothing to go on with.
    case start
    /// It has nothing to do: the transfer is finished.
    case finish(Checkpoint.Result)
    /// It waits: someone else is at it.
    case wait
    /// It goes on with an upload.
    case resume(uploadId: String, layout: PartLayout, started: Int64?)
    /// It begins, after it has aborted an upload that cannot be gone on with.
    case abandon(uploadId: String)
    /// It begins, and looks for uploads begun at about these times, of which nothing else is known.
    case sweep(intents: [Int64])

    /// How long a heartbeat lasts, in seconds.
    static let heartbeatLifetime: Int64 = 60

    /// Decides.
    ///
    /// - Parameters:
    ///   - stored: What was found.
    ///   - wanted: What this attempt would write.
    ///   - now: Seconds since 1970 by this host's clock.
    ///   - isQuiet: Whether the checkpoint was watched for a heartbeat's lifetime and nothing was written: then the
    ///     clocks of two hosts need not agree.
    ///   - isRunning: Whether a worker of this host runs.
    /// - Returns: What to do first.
    static func decide(
        _ stored: StoredCheckpoint?, wanted: Checkpoint, now: Int64, isQuiet: Bool = false,
        isRunning: (WorkerIdentity) -> Bool
    ) -> NextStep {
        guard let stored, let found = stored.checkpoint else { return .start }
        if found.state == .done {
            guard found.isSameTransfer(as: wanted), let result = found.result else { return .start }
            return .finish(result)
        }
        let isSilent = found.heartbeat.addingReportingOverflow(heartbeatLifetime).partialValue <= now || isQuiet
        guard isSilent || found.owner.isOver(for: wanted.owner, isRunning: isRunning) else { return .wait }
        guard found.state == .running, let uploadId = found.uploadId else {
            return .sweep(intents: (found.intents ?? []) + [stored.written])
        }
        guard found.isSameTransfer(as: wanted), let layout = found.layout, layout.size == found.size else {
            return .abandon(uploadId: uploadId)
        }
        return .resume(uploadId: uploadId, layout: layout, started: found.started)
    }
}

/// Which uploads an attempt that died between CreateMultipartUpload and its checkpoint may have left behind.
enum Leftovers {
    /// Those begun within a minute of an intent by the caller who has begun an upload that is listed beside them.
    ///
    /// S3 tells the time in whole seconds, so a second is allowed for that. What was begun earlier or later, or by
    /// another caller, is someone else's; where the caller's own upload is not listed, nobody is known to be the same. A
    /// store that names no initiators, as S3 always does, cannot tell callers apart.
    ///
    /// - Parameters:
    ///   - uploads: What ListMultipartUploads shows.
    ///   - intents: When uploads were to be begun, in seconds since 1970.
    ///   - own: The id of the upload that the caller works on, which is no leftover.
    /// - Returns: What may be aborted once it is known to have no parts.
    static func among(_ uploads: [PendingUpload], intents: [Int64], own: String) -> [PendingUpload] {
        guard let mine = uploads.first(where: { $0.id == own }) else { return [] }
        return uploads.filter { upload in
            upload.id != own && upload.initiator == mine.initiator
                && intents.contains { intent in
                    let age = upload.initiated.subtractingReportingOverflow(intent)
                    return !age.overflow && (-1...60).contains(age.partialValue)
                }
        }
    }
}
