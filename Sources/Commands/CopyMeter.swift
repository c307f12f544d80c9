import Console
import HTTPTransport
import Jobs
import S3

/// Adds up what a run does, for whoever shows its progress.
actor CopyMeter {
    private(set) var totals = CopyTotals()
    private let total: Int64?
    private let moving: BytesUnderWay
    private let start = ContinuousClock.now

    init(total: Int64?, moving: BytesUnderWay = BytesUnderWay()) {
        self.total = total
        self.moving = moving
    }

    /// Counts an object and gives back the new totals.
    func add(_ record: TaskRecord) -> CopyTotals {
        totals.add(record)
        if let destination = record.destination { moving.forget(destination) }
        return totals
    }

    /// How long it has been running, in seconds.
    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// How far it is.
    var progress: Progress {
        var progress = Progress(unit: "objects")
        progress.done = totals.objects
        progress.total = total
        progress.failed = totals.failed
        progress.bytes = totals.bytes &+ moving.total
        progress.seconds = seconds
        return progress
    }
}

/// What is copied of objects that are copied part by part, until their records count them whole.
final class BytesUnderWay: Sendable {
    private let bytes = Locked<[ObjectReference: Int64]>([:])

    /// How many bytes it is of all of them.
    var total: Int64 { bytes.withLock { $0.values.reduce(0, &+) } }

    /// Counts a part of an object, which is named by its destination.
    func add(_ size: Int64, of destination: ObjectReference) {
        bytes.withLock { $0[destination, default: 0] &+= size }
    }

    /// Counts an object no more, whichever version was made of it.
    func forget(_ destination: ObjectReference) {
        let place = ObjectReference(bucket: destination.bucket, key: destination.key)
        bytes.withLock { $0[place] = nil }
    }
}
