import Glibc

/// The time, and how long others respect a worker that has stopped saying anything.
struct WorkClock: Sendable {
    /// Seconds since 1970.
    var seconds: @Sendable () -> Int64
    /// For how many seconds a worker has what it took, without saying it again.
    var lease: Int64

    /// Makes a clock; workers' clocks may differ by less than the lease.
    init(lease: Int64, seconds: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }) {
        self.lease = lease
        self.seconds = seconds
    }
}
