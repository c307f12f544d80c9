import AWSCore
import S3

/// Picks from the versions of a bucket, as they are listed, those that were current at a moment.
///
/// The versions of a key come one after the other. One of them is held.
struct PointInTime {
    /// The moment in seconds since 1970.
    let moment: Int64
    /// How many keys had been deleted by then.
    private(set) var deleted: Int64 = 0
    private var best: ListedVersion?
    private var key: [UInt8] = []

    init(at moment: Int64) { self.moment = moment }

    /// Takes the next version; gives the one that was current of the key before, when this begins another.
    mutating func take(_ version: ListedVersion) -> ListedVersion? {
        let isSame = version.key.utf8.elementsEqual(key)
        let finished = isSame ? nil : finish()
        if !isSame { key = Array(version.key.utf8) }
        let time = version.lastModified ?? .max
        guard time <= moment || moment == .max else { return finished }
        // Of two in one second the one that is listed first is the newer.
        if let best, best.lastModified ?? .max >= time { return finished }
        best = version
        return finished
    }

    /// Gives the one that was current of the last key.
    mutating func finish() -> ListedVersion? {
        guard let last = best.take() else { return nil }
        guard last.isDeleteMarker else { return last }
        deleted += 1
        return nil
    }
}
