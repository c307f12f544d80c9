import HTTPTransport

/// What time it is at each host, as far as a host has said that it disagrees with the clock here.
final class SkewedClock: Sendable {
    /// S3 refuses signatures that are 15 minutes off; less than this needs no correction, in seconds.
    private static let tolerance: Int64 = 240

    private let offsets = Locked<[String: Int64]>([:])

    /// The host's time, when the clock here says `date`; in seconds since 1970.
    func date(_ date: Int64, at host: String) -> Int64 {
        date + offsets.withLock { $0[host] ?? 0 }
    }

    /// Takes over the host's time from a refusal's `Date` field; `false` when it does not explain the refusal.
    func correct(_ host: String, serverSays field: String?, at date: Int64) -> Bool {
        guard let server = field.flatMap({ Int64(httpDate: $0) }) else { return false }
        let offset = server - date
        return offsets.withLock { offsets in
            guard abs(offset - (offsets[host] ?? 0)) > Self.tolerance else { return false }
            offsets[host] = offset
            return true
        }
    }
}
